/* Measures a page as it stands: what sticks out of the window, and which controls a finger would miss. */
(least) => {
  const root = document.documentElement;
  const controls = "a[href], button, input:not([type=hidden]), select, textarea, summary, label.choice";
  // What is there for readers of the screen or for robots only, and what stands for something larger.
  const elsewhere = ".visually-hidden, .trap, .skip, label.choice input";

  // Twelve squares lie beside each other on the smallest screen, so that one covers a face and no more: WCAG's 24 px.
  // A drawn box is as large as the face that it covers; the squares do the same.
  const LEAST_SQUARE = 24;
  const leastOf = (element) =>
    element.matches(".cover-box") ? 0 : element.closest(".cover-cell") ? LEAST_SQUARE : least;

  const name = (element) => {
    const text = (element.innerText || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `${element.tagName.toLowerCase()}${element.className ? "." + element.className : ""} “${text}”`;
  };
  const isShown = (element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest(elsewhere);
  const sticksOut = (element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && (box.right > root.clientWidth + 1 || box.left < -1);
  };
  const isInline = (element) => getComputedStyle(element).display === "inline";
  const block = (element) => (isInline(element) ? block(element.parentElement) : element);
  const isInSentence = (element) =>
    isInline(element) && block(element).innerText.trim().length > element.innerText.trim().length;
  const isTooSmall = (element) => {
    if (element.matches(".card-link") || isInSentence(element)) return false;
    const box = element.getBoundingClientRect();
    return box.height < leastOf(element) - 0.5 || box.width < leastOf(element) - 0.5;
  };
  const lineHeight = (element) => parseFloat(getComputedStyle(element.parentElement).lineHeight);

  const faults = [];
  if (root.scrollWidth > root.clientWidth) {
    const wide = [...document.body.querySelectorAll("*")].filter(
      (element) => isShown(element) && !element.closest(".scroll") && sticksOut(element),
    );
    faults.push(`${root.scrollWidth} px wide in ${root.clientWidth}: ${wide.slice(0, 3).map(name).join(", ")}`);
  }
  for (const control of [...document.querySelectorAll(controls)].filter(isShown)) {
    const box = control.getBoundingClientRect();
    if (isTooSmall(control)) faults.push(`${Math.round(box.width)} × ${Math.round(box.height)} px: ${name(control)}`);
    if (isInSentence(control) && lineHeight(control) < 24) faults.push(`lines too tight: ${name(control)}`);
  }
  return faults;
};
