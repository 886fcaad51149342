(() => {
  'use strict';
  const byId = (id) => document.getElementById(id);
  const root = document.documentElement;

  const theme = byId('theme');
  const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  const label = () => { theme.textContent = dark() ? 'Light' : 'Dark'; theme.setAttribute('aria-label', `Switch to ${dark() ? 'light' : 'dark'} colours`); };
  theme.addEventListener('click', () => { root.dataset.theme = dark() ? 'light' : 'dark'; label(); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', label);
  label();
  byId('print').addEventListener('click', () => print());
  byId('tools').hidden = false;

  const opened = [];
  addEventListener('beforeprint', () => {
    document.querySelectorAll('#content details:not([open])').forEach((d) => { d.open = true; opened.push(d); });
  });
  addEventListener('afterprint', () => opened.splice(0).forEach((d) => { d.open = false; }));

  const ranks = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };
  const servers = [...document.querySelectorAll('.server')].map((server) => ({
    el: server, id: server.id,
    products: [...server.querySelectorAll('.product')].map((product) => ({
      el: product, title: product.querySelector('header').textContent.toLowerCase(),
      rules: [...product.querySelectorAll('.rule')].map((rule) => ({
        el: rule, stance: rule.dataset.stance, clause: rule.dataset.clause,
        text: rule.querySelector('h5').textContent.toLowerCase(),
        findings: [...rule.querySelectorAll('.finding')].map((finding) => ({
          el: finding, rank: ranks[finding.dataset.severity] ?? 0, waived: 'waived' in finding.dataset,
          places: 1 + Number(finding.dataset.places ?? 0), text: null,
        })),
      })),
    })),
  }));
  let total = 0;
  servers.forEach((s) => s.products.forEach((p) => p.rules.forEach((r) => r.findings.forEach((f) => { total += f.places; }))));

  const form = byId('filters');
  const show = (el, shown) => { if (el.hidden === shown) el.hidden = !shown; return shown; };
  const fits = (finding, words, head) => {
    if (!words.length) return true;
    finding.text ??= finding.el.textContent.toLowerCase();
    return words.every((word) => finding.text.includes(word) || head.includes(word));
  };
  const apply = () => {
    const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
    const stances = new Set([...form.querySelectorAll('[name=stance]:checked')].map((box) => box.value));
    const least = ranks[byId('severity').value] ?? -1;
    const clause = byId('clause').value;
    const only = byId('server')?.value;
    const waived = byId('waived').checked;
    const everything = !words.length && least < 0 && !clause && waived && stances.size === form.querySelectorAll('[name=stance]').length;
    let shown = 0;
    for (const server of servers) {
      const here = !only || server.id === only;
      let inServer = 0;
      for (const product of here ? server.products : []) {
        let inProduct = 0;
        for (const rule of product.rules) {
          const asked = stances.has(rule.stance) && (!clause || rule.clause === clause);
          const head = product.title + ' ' + rule.text;
          let inRule = 0;
          for (const finding of rule.findings) {
            const fit = asked && finding.rank >= least && (waived || !finding.waived) && fits(finding, words, head);
            if (show(finding.el, fit)) inRule += finding.places;
          }
          show(rule.el, inRule > 0);
          inProduct += inRule;
        }
        show(product.el, inProduct > 0);
        inServer += inProduct;
      }
      show(server.el, here && (everything || inServer > 0));
      shown += inServer;
    }
    byId('shown').textContent = shown === total ? `${total} findings` : `${shown} of ${total} findings`;
    byId('nothing').hidden = shown > 0 || total === 0;
  };
  let waiting = 0;
  form.addEventListener('input', () => { clearTimeout(waiting); waiting = setTimeout(apply, 60); });
  form.addEventListener('reset', () => setTimeout(apply, 0));
  form.addEventListener('submit', (event) => event.preventDefault());
  addEventListener('keydown', (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      byId('search').focus();
    }
    if (event.key === 'Escape' && document.activeElement === byId('search')) {
      byId('search').value = '';
      apply();
    }
  });
  form.hidden = total === 0;
  apply();
})();
