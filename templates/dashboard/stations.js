// The rows bring themselves up to date; without this script the page is brought up to date by loading it.
(() => {
  const EVERY = 2000;
  // Whoever is away for so long is to be logged out, not kept in by this page.
  const AWAY = 10 * 60 * 1000;
  const view = document.getElementById("view");
  const part = document.getElementById("part");
  const on = document.getElementById("live-on");
  if (!view || !part || !on) return;
  document.getElementById("live").hidden = false;

  // What the list was asked for, not what is being typed now.
  const asked = new URLSearchParams(new FormData(view));
  let here = performance.now();
  for (const sign of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(sign, () => { here = performance.now(); }, { passive: true });
  }

  const put = (node, html) => { if (node.innerHTML !== html) node.innerHTML = html; };

  function bring(fresh) {
    const rows = document.getElementById("rows");
    const next = fresh.getElementById("rows");
    put(document.getElementById("found"), fresh.getElementById("found").innerHTML);
    const focused = document.activeElement;
    const kept = [];
    for (const row of next.rows) {
      const old = document.getElementById(row.id);
      if (!old) { kept.push(row); continue; }
      // Ticks and buttons stay what they are; only the words change.
      for (let at = 0; at < row.cells.length; at++) {
        if (!row.cells[at].querySelector("input, button")) put(old.cells[at], row.cells[at].innerHTML);
      }
      kept.push(old);
    }
    const same = kept.length === rows.rows.length && kept.every((row, at) => rows.rows[at] === row);
    if (same) return;
    rows.replaceChildren(...kept);
    if (focused && focused !== document.activeElement && focused.isConnected) focused.focus({ preventScroll: true });
  }

  async function look() {
    if (on.checked && !document.hidden && performance.now() - here < AWAY) {
      try {
        const answer = await fetch("/stations/rows", { method: "POST", body: asked, redirect: "error" });
        if (answer.ok) bring(new DOMParser().parseFromString(await answer.text(), "text/html"));
      } catch {
        // A bad line: the next try follows.
      }
    }
    setTimeout(look, EVERY);
  }
  setTimeout(look, EVERY);
})();
