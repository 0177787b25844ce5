/* Drawing boxes over a picture. Without this the numbered squares do the same. */

const cover = document.querySelector("[data-cover]");
const tools = document.querySelector("[data-cover-tools]");
const field = document.querySelector("input[name=boxes]");
const toggle = tools?.querySelector("[data-to-squares]");
const status = tools?.querySelector("[role=status]");
const MOST = 100;
const SMALLEST = 8;
const boxes = [];

function place(button, [left, top, width, height]) {
  Object.assign(button.style, {
    left: `${left / 10}%`, top: `${top / 10}%`, width: `${width / 10}%`, height: `${height / 10}%`,
  });
}

function keep() {
  field.value = JSON.stringify(boxes.map((box) => box.at));
  boxes.forEach((box, index) => box.button.setAttribute("aria-label", `${status.dataset.boxWord} ${index + 1}`));
}

function add(at) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "cover-box";
  place(button, at);
  const box = { at, button };
  button.addEventListener("click", () => {
    boxes.splice(boxes.indexOf(box), 1);
    button.remove();
    keep();
    (boxes.at(-1)?.button ?? toggle).focus();
  });
  cover.append(button);
  boxes.push(box);
  keep();
  return box;
}

// Where the pointer is, in thousandths of the picture, however it is zoomed.
function where(event) {
  const frame = cover.getBoundingClientRect();
  const part = (value, start, size) => Math.round(Math.min(1, Math.max(0, (value - start) / size)) * 1000);
  return [part(event.clientX, frame.left, frame.width), part(event.clientY, frame.top, frame.height)];
}

function between([x1, y1], [x2, y2]) {
  return [Math.min(x1, x2), Math.min(y1, y2), Math.abs(x1 - x2), Math.abs(y1 - y2)];
}

let start = null;
let drawn = null;

function stop() {
  if (drawn && (drawn.at[2] < SMALLEST || drawn.at[3] < SMALLEST)) {
    boxes.splice(boxes.indexOf(drawn), 1);
    drawn.button.remove();
  }
  if (start) keep();
  start = drawn = null;
}

if (cover && tools && field && toggle && window.PointerEvent) {
  for (const at of JSON.parse(field.value || "[]")) add(at);
  tools.hidden = false;
  cover.classList.add("is-drawn");
  toggle.addEventListener("click", () => {
    const isDrawn = cover.classList.toggle("is-drawn");
    toggle.textContent = isDrawn ? toggle.dataset.toSquares : toggle.dataset.toBoxes;
  });
  cover.addEventListener("pointerdown", (event) => {
    const isOther = !cover.classList.contains("is-drawn") || event.button !== 0 || !event.isPrimary;
    if (isOther || event.target.closest(".cover-box") || boxes.length >= MOST) return;
    event.preventDefault();
    start = where(event);
    cover.setPointerCapture(event.pointerId);
  });
  cover.addEventListener("pointermove", (event) => {
    if (!start || !event.isPrimary) return;
    drawn ??= add([...start, 1, 1]);
    drawn.at = between(start, where(event));
    place(drawn.button, drawn.at);
  });
  for (const name of ["pointerup", "pointercancel"]) cover.addEventListener(name, stop);
}
