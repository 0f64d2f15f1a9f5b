/** What a file exports, another one imports: what nothing imports is dead, or need not be exported. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** Folders whose exports are checked, and those that may use them besides. */
const checked = ['src', 'shaders'];
const generated = 'src/models/onnx/gen/';
const users = ['test', 'build', 'scripts', 'bench/baselines', 'examples'];

/** Where the library, the page, its worker and the command line begin. */
const entries = /^src\/(index|ui\/main|cli\/main|worker\/worker)\.ts$/;

interface Exported {
  readonly file: string;
  readonly name: string;
}

interface Parsed {
  readonly exports: readonly Exported[];
  /** `file#name`; the name is `*` where a file is taken whole. */
  readonly uses: readonly string[];
}

const files = [...checked, ...users].flatMap((folder) => sources(join(root, folder)));
const parsed = new Map(files.map((file) => [file, parse(file)]));
const used = new Set([...parsed.values()].flatMap(({ uses }) => uses));

describe('exports', () => {
  it('are imported somewhere', () => {
    const unused = [...parsed.values()]
      .flatMap(({ exports }) => exports)
      .filter(({ file }) => checked.some((folder) => file.startsWith(`${folder}/`)))
      .filter(({ file }) => !entries.test(file) && !file.startsWith(generated))
      .filter(({ file, name }) => !used.has(`${file}#${name}`) && !used.has(`${file}#*`))
      .map(({ file, name }) => `${file}: ${name}`);
    expect(unused).toEqual([]);
  });

  it('are found by this test', () => {
    expect(parsed.get('src/numerics/matmul.ts')?.exports.map(({ name }) => name)).toContain('gamma');
    expect(used).toContain('src/numerics/matmul.ts#gamma');
    expect(used).toContain('shaders/copy/naive.kernel.ts#default');
    expect(used).not.toContain('src/numerics/matmul.ts#nothing');
  });
});

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ts|mts|mjs)$/.test(name) && !/\.d\.ts$|node_modules/.test(name))
    .map((name) => relative(root, join(folder, name)));
}

function parse(file: string): Parsed {
  const text = readFileSync(join(root, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const uses: string[] = [];
  const visit = (node: ts.Node): void => {
    uses.push(...usesIn(node, file));
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { exports: exportsOf(source, file), uses };
}

/** What one node of the syntax takes from other files. */
function usesIn(node: ts.Node, file: string): readonly string[] {
  if (ts.isImportDeclaration(node)) return importedBy(node, file);
  if (ts.isExportDeclaration(node) && node.moduleSpecifier) {
    const named = node.exportClause && ts.isNamedExports(node.exportClause) ? node.exportClause.elements : undefined;
    return named ? namesFrom(file, node.moduleSpecifier, named) : whole(file, node.moduleSpecifier);
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return whole(file, node.argument.literal);
  if (!ts.isCallExpression(node)) return [];
  const [argument, options] = node.arguments;
  if (node.expression.kind === ts.SyntaxKind.ImportKeyword) return whole(file, argument);
  return node.expression.getText() === 'import.meta.glob' ? globbed(file, argument, options) : [];
}

function importedBy({ importClause, moduleSpecifier }: ts.ImportDeclaration, file: string): readonly string[] {
  if (!importClause) return [];
  const byName = importClause.namedBindings;
  const byDefault = importClause.name ? [`${target(file, moduleSpecifier)}#default`] : [];
  if (!byName) return byDefault;
  const rest = ts.isNamedImports(byName)
    ? namesFrom(file, moduleSpecifier, byName.elements)
    : whole(file, moduleSpecifier);
  return [...byDefault, ...rest];
}

function namesFrom(
  file: string,
  specifier: ts.Expression,
  elements: readonly (ts.ImportSpecifier | ts.ExportSpecifier)[],
): readonly string[] {
  return elements.map(({ name, propertyName }) => `${target(file, specifier)}#${(propertyName ?? name).text}`);
}

function whole(file: string, specifier: ts.Node | undefined): readonly string[] {
  return specifier === undefined ? [] : [`${target(file, specifier)}#*`];
}

/** The file that a specifier names; packages stay as they are. */
function target(file: string, specifier: ts.Node): string {
  const name = ts.isStringLiteral(specifier) ? specifier.text : '';
  return name.startsWith('.') ? relative(root, resolve(root, dirname(file), name)).replace(/\.js$/, '.ts') : name;
}

/** Files found by pattern are taken whole, or by the one export that the options name. */
function globbed(file: string, patterns: ts.Node | undefined, options: ts.Node | undefined): readonly string[] {
  const name = /import: '(\w+)'/.exec(options?.getText() ?? '')?.[1] ?? 'default';
  const texts = (patterns?.getText() ?? '').match(/(?<=')[^']+(?=')/g) ?? [];
  return texts.flatMap((text) => {
    const pattern = relative(root, resolve(root, dirname(file), text));
    const matches = new RegExp(
      `^${pattern.replace(/[.+]/g, '\\$&').replace(/\*\*\/|\*/g, (star) => (star === '*' ? '[^/]*' : '(.*/)?'))}$`,
    );
    return files.filter((each) => matches.test(each)).map((each) => `${each}#${name}`);
  });
}

/** Names that a file exports by itself. A type that another of its exports mentions belongs to that one's signature. */
function exportsOf(source: ts.SourceFile, file: string): readonly Exported[] {
  const declared = source.statements.filter(isExported);
  return declared.flatMap((statement) => {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    const mentioned = (name: string): boolean =>
      isType && declared.some((other) => other !== statement && new RegExp(`\\b${name}\\b`).test(other.getText()));
    return namesOf(statement)
      .filter((name) => !mentioned(name))
      .map((name) => ({ file, name }));
  });
}

function isExported(statement: ts.Statement): boolean {
  if (ts.isExportAssignment(statement)) return true;
  // Elements are used by their tag.
  if (ts.isClassDeclaration(statement) && ts.getDecorators(statement)) return false;
  return (
    ts.canHaveModifiers(statement) &&
    !!ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

function namesOf(statement: ts.Statement): readonly string[] {
  if (ts.isExportAssignment(statement)) return ['default'];
  if (ts.isVariableStatement(statement))
    return statement.declarationList.declarations.flatMap(({ name }) => bound(name));
  const { name } = statement as ts.DeclarationStatement;
  return [name && ts.isIdentifier(name) ? name.text : 'default'];
}

function bound(name: ts.BindingName): readonly string[] {
  if (ts.isIdentifier(name)) return [name.text];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? bound(element.name) : []));
}
