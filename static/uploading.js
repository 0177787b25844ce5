/* An upload that tells how far it is, and can be stopped until it has arrived. Without this the form is sent as any
   other. */

const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
const STEPS = 4;

function parts(form) {
  const told = form.querySelector("[data-told]");
  const [bar, look, button] = ["[data-bar]", "[data-look]", "[type=submit]"].map((each) => form.querySelector(each));
  return { told, bar, look, button };
}

function free(form, sentence) {
  const { told, bar, look, button } = parts(form);
  delete form.dataset.sent;
  bar.hidden = look.hidden = true;
  button.disabled = false;
  told.textContent = sentence;
}

// The site may have taken it, so that it is not sent again from here: whoever has looked comes back, or begins anew.
function lose(form) {
  const { told, bar, look } = parts(form);
  bar.hidden = true;
  told.textContent = told.dataset.lost;
  look.hidden = false;
  look.querySelector("a").focus();
}

// Whoever listens hears of each quarter; whoever looks sees the bar.
function tell(form, share) {
  const { told, bar } = parts(form);
  bar.querySelector("progress").value = share;
  const sentence = `${told.dataset.told} ${percent.format(Math.floor(share * STEPS) / STEPS)}`;
  if (told.textContent !== sentence) told.textContent = sentence;
}

// What comes back is the page of what was sent, the form once more, or a page that says why it could not be taken.
function show(form, request) {
  if (new URL(request.responseURL).pathname !== new URL(form.action).pathname) {
    location.assign(request.responseURL);
    return;
  }
  const page = new DOMParser().parseFromString(request.responseText, "text/html");
  const main = page.querySelector("main");
  if (main?.querySelector("form")) {
    document.querySelector("main").replaceWith(main);
    document.title = page.title;
    start();
    document.querySelector("[data-focus]")?.focus();
    return;
  }
  const sentences = [...(main?.querySelectorAll("h1, .lead, p") ?? [])].map((each) => each.textContent.trim());
  free(form, sentences.slice(0, 2).join(" "));
}

function send(form) {
  const { told, bar, button } = parts(form);
  const request = new XMLHttpRequest();
  const stop = bar.querySelector("button");
  const end = () => request.abort();
  let hasArrived = false;
  form.dataset.sent = "yes";
  request.upload.addEventListener("progress", (event) => tell(form, event.loaded / (event.total || 1)));
  request.upload.addEventListener("load", () => {
    hasArrived = true;
    told.textContent = told.dataset.arrived;
  });
  request.addEventListener("load", () => show(form, request));
  request.addEventListener("abort", () => {
    if (hasArrived) return lose(form);
    free(form, told.dataset.stopped);
    button.focus();
  });
  request.addEventListener("error", () => {
    if (hasArrived) return lose(form);
    // The browser's own way may do better, and else says why not.
    free(form, "");
    HTMLFormElement.prototype.submit.call(form);
  });
  request.addEventListener("loadend", () => stop.removeEventListener("click", end));
  stop.addEventListener("click", end);
  request.open("POST", form.action);
  request.send(new FormData(form));
  bar.hidden = false;
  button.disabled = true;
  tell(form, 0);
  stop.focus();
}

function isTooMuch(form) {
  const { told } = parts(form);
  const files = [...form.querySelector("[type=file]").files];
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return files.length > Number(told.dataset.mostFiles) || bytes > Number(told.dataset.mostBytes);
}

function start() {
  const form = document.querySelector("[data-told]")?.closest("form");
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    // What other scripts do when a form is sent does not fit one that stays on the page.
    event.stopImmediatePropagation();
    if (form.dataset.sent) return;
    const { told } = parts(form);
    if (isTooMuch(form)) told.textContent = told.dataset.tooMuch;
    else send(form);
  }, { capture: true });
}

addEventListener("pageshow", (event) => {
  const form = document.querySelector("[data-told]")?.closest("form");
  if (event.persisted && form) free(form, "");
});
start();
