(() => {
  'use strict';
  const root = document.documentElement;
  const theme = document.getElementById('theme');
  const stored = () => { try { return localStorage.getItem('theme'); } catch { return null; } };
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const label = () => { theme.textContent = dark() ? 'Light' : 'Dark'; theme.setAttribute('aria-label', `Switch to ${dark() ? 'light' : 'dark'} colours`); };
  if (stored()) root.dataset.theme = stored();
  theme.addEventListener('click', () => {
    root.dataset.theme = dark() ? 'light' : 'dark';
    try { localStorage.setItem('theme', root.dataset.theme); } catch { /* it lasts for this page */ }
    label();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
  label();
  theme.hidden = false;
  // On a narrow screen the pages stand in one line: the present one is in sight.
  const nav = document.querySelector('.top nav');
  const current = nav?.querySelector('[aria-current]');
  if (current && nav.scrollWidth > nav.clientWidth) nav.scrollLeft = current.offsetLeft - nav.offsetLeft - nav.clientWidth / 3;

  // Filters apply at once.
  for (const form of document.querySelectorAll('form.filters')) {
    form.addEventListener('change', (event) => { if (event.target.tagName === 'SELECT') form.requestSubmit(); });
    // Empty fields are left out of the address.
    form.addEventListener('submit', () => { for (const field of form.elements) if (field.name && !field.value) field.disabled = true; });
  }
  addEventListener('pageshow', () => { for (const field of document.querySelectorAll('form.filters [disabled]')) field.disabled = false; });
  addEventListener('keydown', (event) => {
    const search = document.querySelector('form.filters input[type=search]');
    if (event.key !== '/' || !search || event.target.closest?.('input, textarea, select')) return;
    event.preventDefault();
    search.focus();
    search.select();
  });

  // The page follows what comes in: parts marked with data-live are fetched again.
  if (!('follow' in document.body.dataset) || !window.EventSource) return;
  let first = true, waiting = false;
  const refresh = async () => {
    waiting = false;
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' }, redirect: 'error' });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
    for (const part of document.querySelectorAll('[data-live]')) {
      const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      const busy = part.contains(document.activeElement) || part.querySelector('details[open]') || String(getSelection());
      if (next && !busy && next.innerHTML !== part.innerHTML) part.replaceWith(document.adoptNode(next));
    }
  };
  const source = new EventSource('/events');
  source.addEventListener('version', () => {
    document.getElementById('live').hidden = false;
    if (first) { first = false; return; }
    if (waiting) return;
    waiting = true;
    setTimeout(() => refresh().catch(() => {}), document.hidden ? 30000 : 2000);
  });
})();
