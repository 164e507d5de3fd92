// The countdown of a change that waits for its word. Without this the page says the hour.
for (const timer of document.querySelectorAll('.countdown')) {
  const end = performance.now() + Number(timer.dataset.seconds) * 1000;
  const turn = setInterval(() => {
    const left = Math.max(0, Math.round((end - performance.now()) / 1000));
    timer.textContent = left === 1 ? timer.dataset.one : timer.dataset.many.replace('0', String(left));
    if (left === 0) {
      clearInterval(turn);
      // A moment later the former settings are back, and the overview that this one comes from says so.
      setTimeout(() => location.assign(timer.dataset.home), 3000);
    }
  }, 1000);
}
