"use strict";

// A click on a header sorts its table by that column; a second click turns the order.
for (const table of document.querySelectorAll("table.sortable")) {
  const headers = [...table.tHead.rows[0].cells];
  headers.forEach((header, column) => {
    const button = document.createElement("button");
    const arrow = document.createElement("span");
    arrow.className = "arrow";
    header.firstChild?.after(arrow);
    button.append(...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const descends = header.getAttribute("aria-sort") === "ascending";
      headers.forEach((other) => other.removeAttribute("aria-sort"));
      header.setAttribute("aria-sort", descends ? "descending" : "ascending");
      sort(table.tBodies[0], column, descends ? -1 : 1, header.classList.contains("number"));
    });
  });
}

// What is missing stays last in either order.
function sort(body, column, sign, isNumber) {
  const key = (row) => {
    const cell = row.cells[column];
    if (!isNumber) return cell.textContent;
    return cell.dataset.order === undefined ? undefined : Number(cell.dataset.order);
  };
  const compare = (a, b) => {
    if (a === undefined || b === undefined) return (a === undefined) - (b === undefined);
    return sign * (isNumber ? a - b : a.localeCompare(b, "en", { numeric: true }));
  };
  body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b))));
}

// The title of a mark in a drawing appears at once, and under a finger too.
const tip = document.createElement("div");
tip.className = "tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;
document.body.append(tip);

function show(mark) {
  const title = mark.querySelector(":scope > title");
  if (title) {
    mark.dataset.tip = title.textContent;
    title.remove();
  }
  tip.hidden = !mark.dataset.tip;
  if (tip.hidden) return;
  tip.textContent = mark.dataset.tip;
  const box = mark.getBoundingClientRect();
  const right = document.documentElement.clientWidth - tip.offsetWidth - 8;
  const left = box.left + box.width / 2 - tip.offsetWidth / 2;
  const above = box.top - tip.offsetHeight - 6;
  tip.style.left = `${Math.max(8, Math.min(left, right)) + scrollX}px`;
  tip.style.top = `${(above < 0 ? box.bottom + 6 : above) + scrollY}px`;
}

document.addEventListener("pointerover", (event) => {
  const mark = event.target.closest(".mark");
  if (mark) show(mark);
  else tip.hidden = true;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tip.hidden = true;
});
