
export const board = JSON.parse(document.getElementById("board")?.textContent ?? "");
