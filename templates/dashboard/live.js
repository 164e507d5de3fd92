// Follows the gateway by server-sent events (GET /live): values of rows, findings, charts. Without it a page shows
// the same as it stood when it was asked for.
(() => {
  'use strict';
  const bar = document.getElementById('live');
  if (!bar || !window.EventSource) return;
  const state = document.getElementById('live-state');
  const pause = document.getElementById('live-pause');
  const findings = document.getElementById('findings');
  const findingsTold = document.getElementById('findings-told');
  const isWhole = document.querySelector('[data-whole]') !== null;
  const RETRY = 10_000;
  const SPAN = 600;
  let source = null;
  let isOver = false;
  let retry = 0;
  let shown = '';

  function tell(what) {
    const text = bar.dataset[what];
    state.classList.toggle('lost', what === 'lost' || what === 'ended');
    if (state.textContent !== text) state.textContent = text;
  }

  // Charts, drawn by uPlot where the server has drawn a picture.
  const charts = Array.from(document.querySelectorAll('[data-chart]'), (figure) => {
    const plot = figure.querySelector('.plot');
    const line = Number(figure.dataset.line) * 8 / 1e6;
    const rows = JSON.parse(figure.dataset.points);
    const data = [[], [], [], []];
    const push = (at, down, up) => {
      if (at <= (data[0].at(-1) ?? 0)) return;
      [at, down * 8 / 1e6, up * 8 / 1e6, line || null].forEach((value, place) => data[place].push(value));
      while (data[0][0] < at - SPAN) data.forEach((values) => values.shift());
    };
    rows.forEach((row) => push(...row));
    let drawn = null;
    const draw = () => {
      if (!window.uPlot || plot.clientWidth === 0) return;
      if (drawn) drawn.destroy();
      plot.replaceChildren();
      plot.classList.add('drawn');
      const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      const axis = { stroke: colour('--soft'), grid: { stroke: colour('--line'), width: 0.3 } };
      const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
      drawn = new window.uPlot({
        width: plot.clientWidth,
        height: 180,
        legend: { show: false },
        cursor: { show: false },
        scales: { y: { range: (_, least, most) => [0, Math.max(most ?? 0, line, 1) * 1.05] } },
        axes: [
          { ...axis, values: (_, times) => times.map((time) => clock.format(new Date(time * 1000))) },
          { ...axis, size: 90, values: (_, rates) => rates.map((rate) => `${rate.toLocaleString(document.documentElement.lang)} Mbit/s`) },
        ],
        series: [
          {},
          { stroke: colour('--main'), width: 2, points: { show: false } },
          { stroke: colour('--done'), width: 2, dash: [6, 3], points: { show: false } },
          { stroke: colour('--line'), width: 1, dash: [2, 3], points: { show: false } },
        ],
      }, data, plot);
    };
    draw();
    new ResizeObserver(() => {
      if (drawn && plot.clientWidth > 0) drawn.setSize({ width: plot.clientWidth, height: 180 });
    }).observe(figure);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', draw);
    return {
      name: figure.dataset.chart,
      push: (at, rates) => {
        push(at, ...rates);
        if (drawn) drawn.setData(data);
      },
    };
  });

  function paragraph(...children) {
    const made = document.createElement('p');
    made.append(...children);
    return made;
  }

  function showFindings(found) {
    const text = JSON.stringify(found);
    if (!findings || !isWhole || text === shown) return;
    shown = text;
    // Whoever hears the page is told what has come, and when nothing is left: not every number that changes.
    const known = Array.from(findings.querySelectorAll('li'), (item) => item.dataset.key);
    const come = found.filter((one) => !known.includes(one.key));
    if (come.length > 0) findingsTold.textContent = come.map((one) => `${one.grade}. ${one.what}`).join(' ');
    else if (found.length === 0 && known.length > 0) findingsTold.textContent = findings.dataset.none;
    if (found.length === 0) {
      const well = paragraph(findings.dataset.none);
      well.className = 'well';
      findings.replaceChildren(well);
      return;
    }
    const list = document.createElement('ul');
    for (const one of found) {
      const item = document.createElement('li');
      item.className = one.weight;
      item.dataset.key = one.key;
      const grade = document.createElement('strong');
      grade.textContent = `${one.grade}.`;
      const what = paragraph(grade, ` ${one.what}`);
      what.className = 'what';
      item.append(what, paragraph(one.todo));
      list.append(item);
    }
    findings.replaceChildren(list);
  }

  function show(event) {
    const rows = new Map(Array.from(document.querySelectorAll('[data-row]'), (cell) => [cell.dataset.row, cell]));
    let isNew = false;
    for (const [key, value] of Object.entries(event.rows)) {
      const cell = rows.get(key);
      if (!cell) isNew = true;
      else if (cell.textContent !== value) cell.textContent = value;
    }
    showFindings(event.findings);
    for (const chart of charts) {
      const rates = event.rates[chart.name];
      if (rates) chart.push(event.at, rates);
    }
    // The configuration has changed. Once a minute at most, whatever the reason.
    if (isNew && isWhole && performance.now() > 60_000) location.reload();
  }

  function close() {
    clearTimeout(retry);
    if (source) source.close();
    source = null;
  }

  function open() {
    close();
    if (isOver || document.hidden || pause.getAttribute('aria-pressed') === 'true') return;
    source = new EventSource('/live');
    source.addEventListener('now', (message) => {
      tell('on');
      show(JSON.parse(message.data));
    });
    source.addEventListener('end', () => {
      isOver = true;
      close();
      tell('ended');
    });
    source.addEventListener('error', () => {
      tell('lost');
      // Refused, not only interrupted: the browser does not try again by itself.
      if (source && source.readyState === EventSource.CLOSED) retry = setTimeout(open, RETRY);
    });
  }

  pause.addEventListener('click', () => {
    const isPaused = pause.getAttribute('aria-pressed') !== 'true';
    pause.setAttribute('aria-pressed', String(isPaused));
    if (isPaused) tell('paused');
    open();
  });
  // Nobody pays for what nobody sees.
  document.addEventListener('visibilitychange', open);
  bar.hidden = false;
  open();
})();
