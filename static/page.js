/* What a script adds to pages that work without it. */

const language = document.documentElement.lang;

// Copy buttons are hidden until there is a clipboard to copy to.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const label = button.querySelector("span");
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    label.textContent = button.dataset.done;
  });
}

// So are print buttons until there is something to print with, which some browsers on phones lack.
for (const part of document.querySelectorAll("[data-print]")) {
  part.hidden = !window.print;
  part.querySelector("button").addEventListener("click", () => window.print());
}

// A date says its weekday while it is chosen.
const weekdays = new Intl.DateTimeFormat(language, { weekday: "long", timeZone: "UTC" });
for (const field of document.querySelectorAll("[data-weekday]")) {
  const echo = document.getElementById(field.dataset.weekday);
  field.addEventListener("input", () => {
    echo.textContent = field.valueAsDate ? weekdays.format(field.valueAsDate) : "";
  });
}

// Where nobody has said when it ends, the usual length is offered. Clearing the field says that nobody knows.
const starts = document.querySelector("[name=starts_time][data-lasts]");
const ends = document.querySelector("[name=ends_time]");
const openEnded = document.querySelector("[name=is_open_ended]");
if (starts) {
  ends.addEventListener("input", () => { ends.dataset.chosen = "yes"; openEnded.checked = !ends.value; });
  openEnded.addEventListener("change", () => { if (openEnded.checked) ends.value = ""; });
  starts.addEventListener("change", () => {
    if (!starts.value || (ends.value && !ends.dataset.offered) || ends.dataset.chosen || openEnded.checked) return;
    const [hours, minutes] = starts.value.split(":").map(Number);
    const end = hours * 60 + minutes + Number(starts.dataset.lasts);
    const parts = [Math.floor(end / 60), end % 60].map((part) => String(part).padStart(2, "0"));
    ends.value = end < 24 * 60 ? parts.join(":") : "";
    ends.dataset.offered = "yes";
  });
}

// A form is sent once, and says so while it is on its way; coming back to the page frees it again.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter;
    if (!button?.dataset.busy) return;
    button.dataset.label = button.textContent;
    button.textContent = button.dataset.busy;
  });
}
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[data-label]")) button.textContent = button.dataset.label;
});

document.querySelector("[data-focus]")?.focus();
