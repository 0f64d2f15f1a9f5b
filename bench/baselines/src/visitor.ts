/** The page as a visitor sees it: choose the work, run it, read the tables. A driver does without. */
import { version } from '../../../package.json';
import { type TextTable, toJson } from '../../../src/bench/export.js';
import { type Results, schemaId } from '../../../src/bench/results.js';
import { groupsOf, type WorkGroup } from './comparisons.js';
import type { BaselinesPage } from './driven.js';
import { crossingTexts, headlineTexts, lossTexts, remarksOf, tableOf, titleOf as titleOfGroup } from './report.js';
import { titleOf, works } from './works.js';

/** Most seconds for each entrant: enough for a verdict in most cases, short enough to wait for. */
const seconds = 3;
const seed = 1;

export function showVisitor(page: BaselinesPage): void {
  const form = find('form', HTMLFormElement);
  const status = find('[role="status"]', HTMLElement);
  const output = find('output', HTMLElement);
  const wanted = new URLSearchParams(location.search).get('operation');
  find('fieldset', HTMLElement).append(
    ...works.map((work, index) => choice(index, titleOf(work), wanted === work.operation)),
  );
  globalThis.baselinesSay = (text) => {
    status.textContent = text;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = new FormData(form).getAll('work').map(Number);
    const button = find('button', HTMLButtonElement);
    button.disabled = true;
    run(page, chosen, (results) => output.replaceChildren(...shown(results)))
      .then((results) => {
        status.textContent = chosen.length === 0 ? 'Choose at least one piece of work.' : 'Done.';
        if (results.rows.length > 0) output.append(saved(results));
      })
      .catch((error: unknown) => {
        const reason = error instanceof Error ? error.message : String(error);
        status.textContent = `It ended early: ${reason} Tables so far are kept; reload the page to try again.`;
      })
      .finally(() => {
        button.disabled = false;
      });
  });
}

async function run(page: BaselinesPage, chosen: readonly number[], show: (results: Results) => void): Promise<Results> {
  const environment = { ...(await page.environment(seed, seconds)), version, runtime: navigator.userAgent };
  let results: Results = { schema: schemaId, environment, rows: [], comparisons: [] };
  for (const index of chosen) {
    const { rows, comparisons } = await page.run(index);
    results = { ...results, rows: [...results.rows, ...rows], comparisons: [...results.comparisons, ...comparisons] };
    show(results);
  }
  return results;
}

function shown(results: Results): readonly HTMLElement[] {
  const { adapter } = results.environment;
  const name = adapter.description || adapter.vendor;
  const note = adapter.software ? `${name}: a software adapter, whose times say nothing about a GPU.` : `${name}.`;
  const losses = lossTexts(results);
  return [
    make('p', note),
    ...groupsOf(results).flatMap(groupShown),
    make('h2', 'Our fastest against each rival'),
    list(headlineTexts(results)),
    make('h2', 'Losses'),
    list(losses.length > 0 ? losses : ['None.']),
    make('h2', 'One CPU thread'),
    list(crossingTexts(results)),
  ];
}

function groupShown(group: WorkGroup): readonly HTMLElement[] {
  const frame = make('div');
  frame.className = 'scroll';
  frame.tabIndex = 0;
  frame.append(tableShown(tableOf(group)));
  return [make('h2', titleOfGroup(group)), frame, list(remarksOf(group))];
}

function tableShown({ columns, rows }: TextTable): HTMLElement {
  const cell = (kind: 'td' | 'th', text: string, column: number): HTMLElement => {
    const made = make(kind, text);
    made.className = columns[column]?.align ?? 'left';
    return made;
  };
  const line = (kind: 'td' | 'th', cells: readonly string[]): HTMLElement => {
    const row = make('tr');
    row.append(...cells.map((text, i) => cell(kind, text, i)));
    return row;
  };
  const table = make('table');
  table.append(
    line(
      'th',
      columns.map(({ title }) => title),
    ),
    ...rows.map((cells) => line('td', cells)),
  );
  return table;
}

function saved(results: Results): HTMLElement {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([toJson(results)], { type: 'application/json' }));
  link.download = 'tilewatt-baselines.json';
  link.textContent = 'Save as JSON';
  return link;
}

function choice(index: number, title: string, checked: boolean): HTMLElement {
  const label = make('label');
  const box = document.createElement('input');
  Object.assign(box, { type: 'checkbox', name: 'work', value: String(index), checked });
  label.append(box, title);
  return label;
}

function list(lines: readonly string[]): HTMLElement {
  const made = make('ul');
  made.append(...lines.map((line) => make('li', line)));
  return made;
}

function make(tag: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.textContent = text;
  return made;
}

function find<T extends Element>(selector: string, kind: new () => T): T {
  const found = document.querySelector(selector);
  if (found instanceof kind) return found;
  throw new TypeError(`The page has no ${selector}`);
}
