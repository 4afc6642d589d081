// Renders openapi.json as a page to read and search. Everything is built with textContent: the document cannot inject markup.
'use strict';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
const $ = (id) => document.getElementById(id);

// el makes an element: el('a.link', {href: '#x'}, 'text', child, …). A null child is left out.
function el(tag, props, ...children) {
  const [name, ...classes] = tag.split('.');
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(' ');
  for (const [key, value] of Object.entries(props || {})) if (value !== undefined) node.setAttribute(key, value);
  node.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return node;
}

// inline renders `code`, **strong** and plain text.
function inline(text) {
  return String(text).split(/(`[^`]+`|\*\*[^*]+\*\*)/).filter(Boolean).map((part) => {
    if (part.startsWith('`')) return el('code', {}, part.slice(1, -1));
    if (part.startsWith('**')) return el('strong', {}, part.slice(2, -2));
    return part;
  });
}

// markdown renders the blocks that the document uses: headings, lists, tables, fenced code, paragraphs.
function markdown(text) {
  const out = [];
  const lines = String(text || '').split('\n');
  const take = (test) => { const got = []; while (lines.length && test(lines[0])) got.push(lines.shift()); return got; };
  while (lines.length) {
    const line = lines[0];
    if (!line.trim()) { lines.shift(); continue; }
    if (line.startsWith('```')) {
      lines.shift();
      out.push(code(take((l) => !l.startsWith('```')).join('\n')));
      lines.shift();
    } else if (/^#+ /.test(line)) {
      out.push(el('h' + Math.min(4, lines.shift().match(/^#+/)[0].length), {}, inline(line.replace(/^#+ /, ''))));
    } else if (line.startsWith('|')) {
      const rows = take((l) => l.startsWith('|')).filter((l) => !/^\|[-| ]+\|$/.test(l)).map((l) => l.slice(1, -1).split('|').map((c) => inline(c.trim())));
      out.push(table(rows[0], rows.slice(1)));
    } else if (/^(\* |\d+\. )/.test(line)) {
      const tag = line.startsWith('*') ? 'ul' : 'ol';
      out.push(el(tag, {}, take((l) => /^(\* |\d+\. )/.test(l)).map((l) => el('li', {}, inline(l.replace(/^(\* |\d+\. )/, ''))))));
    } else {
      out.push(el('p', {}, inline(take((l) => l.trim() && !/^(```|#|\||\* |\d+\. )/.test(l)).join(' '))));
    }
  }
  return out;
}

const code = (text) => el('pre', { tabindex: '0' }, el('code', {}, text));
const json = (value) => code(JSON.stringify(value, null, 2));

function table(head, rows) {
  return el('div.wide', {}, el('table', {}, el('thead', {}, el('tr', {}, head.map((h) => el('th', { scope: 'col' }, h)))),
    el('tbody', {}, rows.map((r) => el('tr', {}, r.map((c) => el('td', {}, c)))))));
}

function render(doc) {
  const deref = (o) => (o && o.$ref ? o.$ref.slice(2).split('/').reduce((at, key) => at[key], doc) : o);
  const schemaLink = (ref) => { const name = ref.split('/').pop(); return el('a', { href: '#schema-' + name }, name); };

  // type says in a few words what a schema is, with links to the schemas it names.
  function type(s) {
    if (!s) return ['anything'];
    if (s.$ref) return [schemaLink(s.$ref)];
    if (s.allOf && s.allOf.length === 1) return type(s.allOf[0]);
    const forms = s.oneOf || s.anyOf;
    if (forms) return forms.flatMap((f, i) => (i ? [' or ', ...type(f)] : type(f)));
    if (s.type === 'array') return ['list of ', ...type(s.items)];
    if (s.type === 'object' && s.additionalProperties && s.additionalProperties !== true) return ['map of ', ...type(s.additionalProperties)];
    let words = s.type || 'anything';
    if (s.format) words += ' (' + s.format + ')';
    if (s.enum) words += ': ' + s.enum.join(', ');
    if (s.minimum !== undefined) words += ', at least ' + s.minimum;
    if (s.maximum !== undefined) words += ', at most ' + s.maximum;
    return [words];
  }

  const badges = (o) => [
    o['x-status'] === 'planned' ? el('span.badge.planned', {}, 'planned') : null,
    o['x-admux'] ? el('span.badge.ours', {}, 'ours') : null,
    o.readOnly ? el('span.badge', {}, 'read only') : null,
    o.writeOnly ? el('span.badge', {}, 'write only') : null,
  ];
  const example = (e) => (e === undefined ? null : el('code', {}, typeof e === 'string' ? e : JSON.stringify(e)));

  function parameters(list) {
    const rows = (list || []).map(deref).map((p) => [
      [el('code', {}, p.name), ' ', ...badges(p)], [p.in, p.required ? ', required' : ''],
      el('span.type', {}, type(p.schema)), [...markdown(p.description), example(Array.isArray(p.example) ? p.example.join(',') : p.example)],
    ]);
    return rows.length ? [el('h3', {}, 'Parameters'), table(['name', 'in', 'type', 'what it is'], rows)] : [];
  }

  function content(media) {
    return Object.entries(media || {}).flatMap(([name, m]) => {
      const out = [el('p', {}, el('code', {}, name), ' ', el('span.type', {}, type(m.schema)))];
      if (m.example !== undefined) out.push(typeof m.example === 'string' ? code(m.example) : json(m.example));
      for (const [title, e] of Object.entries(m.examples || {})) out.push(el('h4', {}, e.summary || title), json(deref(e).value));
      return out;
    });
  }

  function responses(map) {
    return [el('h3', {}, 'Responses'), ...Object.entries(map).map(([status, ref]) => {
      const r = deref(ref);
      const headers = Object.entries(r.headers || {}).map(([name, h]) => [el('code', {}, name), markdown(deref(h).description)]);
      return el('details', {}, el('summary', {}, el('strong', {}, status), el('span.what', {}, inline(r.description))),
        content(r.content), headers.length ? table(['header', 'what it is'], headers) : null);
    })];
  }

  // replays shows the requests that a test sends to the demo, as commands.
  function replays(op, method, path) {
    const rows = (op['x-examples'] || []).map((x) => {
      const q = x.request || {};
      let url = path.replace(/{([^}]+)}/g, (whole, name) => (q.path || {})[name] || whole);
      const query = new URLSearchParams(q.query || {}).toString();
      if (query) url += '?' + query;
      const parts = ['curl'];
      if (method !== 'get') parts.push('-X ' + method.toUpperCase());
      if (q.key !== 'none') parts.push('-H "Authorization: Bearer $KEY"');
      if (q.body) parts.push("-H 'Content-Type: application/json' -d '" + JSON.stringify(q.body) + "'");
      parts.push('"$URL' + url + '"');
      return [[el('strong', {}, x.name), ...markdown(x.description), q.key ? el('p', {}, 'key: ' + q.key) : null, code(parts.join(' '))],
        [String(x.expect.status), x.expect.subset === undefined ? null : json(x.expect.subset)]];
    });
    return rows.length ? [el('h3', {}, 'Requests to try'), table(['request', 'answers'], rows)] : [];
  }

  function operation(path, method, op) {
    const node = el('details', { id: 'op-' + op.operationId },
      el('summary', {}, el('span.method.' + method, {}, method), el('span.path', {}, path), el('span.what', {}, op.summary), badges(op),
        el('span.badge', {}, op['x-scope'] === 'none' ? 'no key' : 'key: ' + op['x-scope'])));
    fill(node, () => [...markdown(op.description), ...parameters(op.parameters),
      ...(op.requestBody ? [el('h3', {}, 'Body'), ...markdown(op.requestBody.description), ...content(op.requestBody.content)] : []),
      ...replays(op, method, path), ...responses(op.responses)]);
    return node;
  }

  function schema(name, s) {
    const node = el('details', { id: 'schema-' + name }, el('summary', {}, el('span.path', {}, name), badges(s)));
    fill(node, () => {
      const required = new Set(s.required || []);
      const fields = Object.entries(s.properties || {}).map(([field, p]) => [
        [el('code', {}, field), ' ', ...badges(p), required.has(field) ? el('span.badge', {}, 'required') : null],
        el('span.type', {}, type(p)), [...markdown(p.description), example(p.example)]]);
      if (s.additionalProperties && s.additionalProperties !== true) fields.push(['any other', el('span.type', {}, type(s.additionalProperties)), markdown(s.additionalProperties.description)]);
      const values = (s.enum || []).map((v) => [el('code', {}, v), markdown((s['x-enum-descriptions'] || {})[v] || '')]);
      return [...markdown(s.description), fields.length ? table(['field', 'type', 'what it is'], fields) : el('p.type', {}, type(s)),
        values.length ? table(['value', 'what it means'], values) : null];
    });
    return node;
  }

  // fill puts the content in when a section is opened first: the whole document at once would be slow.
  function fill(node, make) {
    node.addEventListener('toggle', () => { if (node.open && !node.dataset.full) { node.dataset.full = '1'; node.append(...make().filter(Boolean)); } });
  }

  const main = $('content');
  const entries = []; // what the search looks through: {node, link, text}
  const words = (o) => JSON.stringify(o).toLowerCase();
  function section(title, description, items) {
    const list = el('ul');
    const head = el('h2', {}, title);
    $('index').append(el('section', {}, head, list));
    main.append(el('section', {}, el('h2', {}, title), ...markdown(description), items.map((item) => {
      const link = el('li', {}, el('a', { href: '#' + item.node.id }, item.label));
      list.append(link);
      entries.push({ node: item.node, link, text: item.text });
      return item.node;
    })));
  }

  $('loading').remove();
  $('version').textContent = doc.info.version;
  main.append(el('h1', {}, doc.info.title + ' API'), ...markdown(doc.info.description));
  const groups = new Map(doc.tags.map((t) => [t.name, { description: t.description, items: [] }]));
  for (const [path, item] of Object.entries(doc.paths)) {
    for (const method of methods.filter((m) => item[m])) {
      const op = item[method];
      const resolved = { ...op, parameters: (op.parameters || []).map(deref), responses: undefined };
      groups.get(op.tags[0]).items.push({ node: operation(path, method, op), label: [el('span.method.' + method, {}, method), op.summary], text: words([path, method, resolved]) });
    }
  }
  for (const [name, group] of groups) section(name, group.description, group.items);
  section('Schemas', 'The objects and enumerations that answers and bodies are made of.', Object.entries(doc.components.schemas)
    .map(([name, s]) => ({ node: schema(name, s), label: [name], text: words([name, s]) })));
  return entries;
}

function search(entries) {
  const wanted = $('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  let hits = 0;
  for (const e of entries) {
    const hit = wanted.every((w) => e.text.includes(w));
    e.node.hidden = e.link.hidden = !hit;
    hits += hit ? 1 : 0;
  }
  for (const s of document.querySelectorAll('#index section, main section')) s.hidden = !s.querySelector('li:not([hidden]), details[id]:not([hidden])');
  $('found').textContent = wanted.length ? hits + ' found' : '';
}

function follow() {
  const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!node || node.tagName !== 'DETAILS') return;
  if (node.hidden) { $('search').value = ''; $('search').dispatchEvent(new Event('input')); }
  node.open = true;
  node.scrollIntoView();
}

fetch('openapi.json').then((r) => { if (!r.ok) throw new Error('openapi.json answered ' + r.status); return r.json(); }).then((doc) => {
  const entries = render(doc);
  $('search').addEventListener('input', () => search(entries));
  window.addEventListener('hashchange', follow);
  follow();
}).catch((err) => { $('content').append(el('p.error', { role: 'alert' }, 'The document could not be shown: ' + err.message)); });
