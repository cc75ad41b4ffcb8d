// Return what an accessibility check would call serious: one text per finding.
() => {
  const found = [];
  const numbers = (colour) => { // [red, green, blue, opacity], 0 to 255 and 0 to 1
    const parts = colour.match(/[\d.]+/g).map(Number);
    return [parts[0], parts[1], parts[2], parts.length > 3 ? parts[3] : 1];
  };
  const luminance = (colour) => {
    const [red, green, blue] = colour.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((first, second) => first - second);
    return (high + 0.05) / (low + 0.05);
  };
  const background = (element) => {
    for (let parent = element; parent; parent = parent.parentElement) {
      const colour = numbers(getComputedStyle(parent).backgroundColor);
      if (colour[3] > 0) { return colour; }
    }
    return [255, 255, 255, 1];
  };

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode.textContent.trim();
    const element = texts.currentNode.parentElement;
    if (!text || !element.checkVisibility() || element.closest("script, style, .skip")) { continue; }
    const style = getComputedStyle(element);
    const colour = numbers(element.closest("svg") ? style.fill : style.color);
    const size = parseFloat(style.fontSize);
    const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 600);
    const ratio = contrast(colour, background(element));
    if (ratio < (large ? 3 : 4.5)) { found.push(`contrast ${ratio.toFixed(1)}: ${text.slice(0, 40)}`); }
  }

  const name = (element) => (element.getAttribute("aria-label") || element.textContent).trim();
  for (const element of document.querySelectorAll("a, button, summary, [role=button], [role=img], [role=region], ul[aria-label]")) {
    const by = element.getAttribute("aria-labelledby");
    if (by ? !document.getElementById(by) : !name(element)) { found.push(`no name: ${element.outerHTML.slice(0, 80)}`); }
  }
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((one, place) => ids.indexOf(one) !== place))) { found.push(`id twice: ${id}`); }
  const levels = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map((element) => Number(element.tagName[1]));
  levels.forEach((level, place) => {
    if (level > (place ? levels[place - 1] : 0) + 1) { found.push(`heading level ${level} at place ${place}`); }
  });
  if (levels.filter((level) => level === 1).length !== 1) { found.push("not one main heading"); }
  for (const [selector, number] of [["main", 1], ["header", 1], ["footer", 1]]) {
    if (document.querySelectorAll(`body > ${selector}`).length !== number) { found.push(`landmark ${selector}`); }
  }
  for (const table of document.querySelectorAll("table")) {
    if (!table.caption || !table.caption.textContent.trim()) { found.push("table without caption"); }
    if (table.querySelector("th:not([scope])")) { found.push("heading of a table without scope"); }
  }
  for (const list of document.querySelectorAll("ul, ol")) {
    if ([...list.children].some((child) => child.tagName !== "LI")) { found.push("list with other children"); }
  }
  for (const box of document.querySelectorAll("*")) {
    const scrolls = ["auto", "scroll"].includes(getComputedStyle(box).overflowX) && box.scrollWidth > box.clientWidth + 1;
    if (scrolls && box.checkVisibility() && box.tabIndex < 0) { found.push(`scrolls without keyboard: ${box.className}`); }
  }
  if (document.querySelector("[tabindex]:not([tabindex='0']):not([tabindex='-1'])")) { found.push("order of focus changed"); }
  if (!document.documentElement.lang || !document.title) { found.push("no language or title"); }
  return found;
}
