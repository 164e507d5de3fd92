// The list without loading whole pages: a search, another order or another page fetches the table alone, what is
// ordered is shown in this page's place, and rows bring themselves up to date. Without this script each is a page of
// its own, by the same forms.
(() => {
  const EVERY = 2000;
  // Nobody looks at it any more.
  const AWAY = 10 * 60 * 1000;
  const main = document.getElementById("content");
  const view = document.getElementById("view");
  const on = document.getElementById("live-on");
  const said = document.getElementById("said");
  if (!main || !view || !on || !said) return;
  document.getElementById("live").hidden = false;

  // What the list was asked for, not what is being typed now.
  let asked = new URLSearchParams(new FormData(view));
  // An answer that comes after the next question is of no use.
  let turn = 0;
  let here = performance.now();
  for (const sign of ["pointerdown", "keydown", "scroll"]) {
    addEventListener(sign, () => { here = performance.now(); }, { passive: true });
  }

  const put = (node, html) => { if (node.innerHTML !== html) node.innerHTML = html; };
  const pick = (fresh, id) => [document.getElementById(id), fresh.getElementById(id)];
  const isList = () => view.isConnected;

  // Whoever is not in any more is led to the login, which a browser does by itself alone.
  const ended = new Error("ended");
  async function ask(path, fields) {
    const answer = await fetch(path, { method: "POST", body: fields, redirect: "manual" });
    if (answer.type === "opaqueredirect") throw ended;
    return [answer.ok, new DOMParser().parseFromString(await answer.text(), "text/html")];
  }

  // By itself the list takes no tick away: who was ticked stays, below the others, until something is done.
  function bringRows(fresh, isOwn) {
    const [rows, next] = pick(fresh, "rows");
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
    if (isOwn) {
      for (const row of rows.rows) {
        if (!kept.includes(row) && row.querySelector("input:checked")) kept.push(row);
      }
    }
    const same = kept.length === rows.rows.length && kept.every((row, at) => rows.rows[at] === row);
    if (!same) rows.replaceChildren(...kept);
  }

  function bringHeads(fresh) {
    const heads = document.querySelectorAll("#part thead th");
    fresh.querySelectorAll("thead th").forEach((next, at) => {
      const sorted = next.getAttribute("aria-sort");
      if (sorted) heads[at].setAttribute("aria-sort", sorted);
      else heads[at].removeAttribute("aria-sort");
      const button = next.querySelector("button");
      if (button) heads[at].querySelector("button").value = button.value;
    });
  }

  // What is under the table stays what it is as long as it is of the same parts: somebody may be pressing it.
  function bringUnder(fresh) {
    const [under, next] = pick(fresh, "under");
    const [parts, others] = [under, next].map((of) => [...of.querySelectorAll("[id]")]);
    if (parts.map((part) => part.id).join() !== others.map((part) => part.id).join()) {
      put(under, next.innerHTML);
      return;
    }
    parts.forEach((part, at) => {
      put(part, others[at].innerHTML);
      if ("value" in part) part.value = others[at].value;
    });
  }

  function bring(fresh, isOwn) {
    const focused = document.activeElement;
    const under = document.getElementById("under");
    const wasUnder = under.contains(focused);
    const [found, nextFound] = pick(fresh, "found");
    put(found, nextFound.innerHTML);
    Object.assign(found.dataset, nextFound.dataset);
    bringHeads(fresh);
    bringRows(fresh, isOwn);
    bringUnder(fresh);
    if (focused === document.activeElement) return;
    // What was pressed is there again, or at the last page its fellow.
    const again = wasUnder
      ? document.getElementById(focused.id) ?? under.querySelector(".pages button") ?? document.getElementById("scroll")
      : focused;
    if (again.isConnected) again.focus({ preventScroll: true });
  }

  // As a form would send it: what was pressed comes last.
  function fieldsOf(form, pressed) {
    const fields = new URLSearchParams(new FormData(form));
    if (pressed?.name) fields.append(pressed.name, pressed.value);
    return fields;
  }

  // Logged out, or a bad line: the browser does it, and tells.
  function leave(form, pressed) {
    if (pressed?.name) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: pressed.name, value: pressed.value });
      form.append(field);
    }
    form.submit();
  }

  // What is searched for may be a device's address: it stays in this page's memory, and neither in a path nor in
  // what the browser keeps of its history.
  const views = new Map();
  let named = 0;
  function remember(how) {
    named += 1;
    const name = `${performance.timeOrigin} ${named}`;
    views.set(name, asked);
    const shown = new URLSearchParams();
    for (const field of ["state", "network", "family", "order", "page"]) {
      if (asked.get(field)) shown.set(field, asked.get(field));
    }
    history[how]({ view: name }, "", how === "pushState" ? `/stations?${shown}` : undefined);
  }

  async function go(fields, isBack) {
    turn += 1;
    const mine = turn;
    const [isGood, fresh] = await ask("/stations/rows", fields);
    if (!isGood) throw new Error("refused");
    if (mine !== turn || !isList()) return;
    bring(fresh, false);
    const { order, page, told } = document.getElementById("found").dataset;
    view.querySelector('input[name="order"]').value = order;
    view.querySelector('input[name="page"]').value = page;
    asked = fields;
    asked.delete("sort");
    asked.set("order", order);
    asked.set("page", page);
    if (!isBack) remember("pushState");
    // Set anew even if it is the same: whoever hears the page hears that something came of it.
    said.textContent = told;
  }

  view.addEventListener("submit", (event) => {
    event.preventDefault();
    go(fieldsOf(view, event.submitter), false).catch(() => leave(view, event.submitter));
  });

  // Pages of orders stand in the place of the list, which is kept as it is, its ticks included.
  let list = null;
  function show(fresh) {
    if (isList()) list = { nodes: [...main.childNodes], kind: main.className, title: document.title };
    const next = fresh.getElementById("content");
    if (!next) throw new Error("not a page");
    document.title = fresh.title;
    main.className = next.className;
    main.replaceChildren(...next.childNodes);
    history[history.state?.isOrder ? "replaceState" : "pushState"]({ isOrder: true }, "", "/stations");
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }

  addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || !form.matches('form[action^="/stations/"]')) return;
    event.preventDefault();
    // Pressed twice it is sent once, and what may have been done is not sent again when its answer did not come.
    const gives = form.matches('[action="/stations/do"]');
    if (form.hasAttribute("aria-busy")) return;
    form.setAttribute("aria-busy", "true");
    turn += 1;
    const mine = turn;
    ask(form.getAttribute("action"), fieldsOf(form, event.submitter)).then(([, fresh]) => {
      if (mine === turn) show(fresh);
    }).catch(() => (gives ? location.assign("/stations") : leave(form, event.submitter)))
      .finally(() => form.removeAttribute("aria-busy"));
  });

  // To the list as it was left, without asking for all of it again.
  function back() {
    main.className = list.kind;
    main.replaceChildren(...list.nodes);
    document.title = list.title;
    main.focus({ preventScroll: true });
  }

  addEventListener("click", (event) => {
    const isPlain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;
    const link = event.target.closest('main a[href="/stations"]');
    if (!link || !isPlain || isList() || !list) return;
    event.preventDefault();
    history.back();
  });

  addEventListener("popstate", (event) => {
    const fields = views.get(event.state?.view);
    if (!fields) return location.reload();
    if (!isList()) back();
    for (const name of ["q", "state", "network", "family"]) view.elements[name].value = fields.get(name) ?? "";
    go(new URLSearchParams(fields), true).catch(() => location.reload());
  });

  // How it stands with what brings itself up to date: rows of long ago look like those of now.
  const told = document.getElementById("live-told");
  function tell(what) {
    const words = what ? told.dataset[what] : "";
    if (told.textContent !== words) told.textContent = words;
  }

  async function look() {
    // Another question may be answered while this one is under way: `asked` is another then, and this of the past.
    const [mine, wanted] = [turn, asked];
    const isAway = performance.now() - here >= AWAY;
    if (isAway || !on.checked) tell(isAway ? "away" : "");
    if (isList() && on.checked && !document.hidden && !isAway) {
      try {
        const fields = new URLSearchParams(wanted);
        fields.set("self", "yes");
        const [isGood, fresh] = await ask("/stations/rows", fields);
        if (isGood && mine === turn && wanted === asked && isList()) bring(fresh, true);
        tell(isGood ? "" : "lost");
      } catch (error) {
        tell(error === ended ? "ended" : "lost");
        if (error === ended) return;
      }
    }
    setTimeout(look, EVERY);
  }
  remember("replaceState");
  setTimeout(look, EVERY);
})();
