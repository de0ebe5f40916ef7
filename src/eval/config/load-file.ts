import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { LineCounter, parseDocument } from 'yaml';
import { inputError, type QpannError } from '../../core/index.js';
import { jsonErrorPosition } from './json-position.js';

/** Name under which a config stands in an ES module, or as the only key of a file. */
export type ConfigName = 'network_config' | 'recreation_config' | 'machine';

const MAX_ALIASES = 100;
const MODULE_EXTENSIONS = ['.mjs', '.js'];
const EXTENSIONS = ['.json', '.yaml', '.yml', ...MODULE_EXTENSIONS];

/**
 * Reads a config file as a plain value: JSON, YAML, or an ES module (which is run) with a default export or one called `name`.
 * @throws QpannError if the file is missing, a folder, of another kind or cannot be parsed: then with line and column
 */
export async function loadConfigFile(path: string, name: ConfigName): Promise<unknown> {
  await checkFile(path, path, EXTENSIONS);
  const extension = extname(path).toLowerCase();
  const value = MODULE_EXTENSIONS.includes(extension)
    ? configOf(await importModule(path, path), path, name)
    : (extension === '.json' ? parseJson : parseYaml)(await readText(path), path);
  return isRecord(value) && name in value && Object.keys(value).length === 1 ? value[name] : value;
}

/**
 * Imports an ES module.
 * @param where what messages start with
 * @throws QpannError if the file is missing, a folder, no `.mjs` or `.js`, or cannot be imported
 */
export async function importModule(path: string, where: string): Promise<Readonly<Record<string, unknown>>> {
  await checkFile(path, where, MODULE_EXTENSIONS);
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>;
  } catch (cause) {
    const position = cause instanceof SyntaxError ? await syntaxErrorPosition(path) : '';
    throw inputError(`${where}${position}: the module cannot be imported: ${firstLine(cause)}`, { cause });
  }
}

/** Whether a value is an object that is no list. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

async function checkFile(path: string, where: string, extensions: readonly string[]): Promise<void> {
  const stats = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') throw inputError(`${where}: there is no such file`, { cause });
    throw cannotRead(where, cause);
  });
  if (stats.isDirectory()) throw inputError(`${where}: is a folder; expected a file`);
  if (extensions.includes(extname(path).toLowerCase())) return;
  const allowed = `${extensions.slice(0, -1).join(', ')} or ${extensions.at(-1)}`;
  throw inputError(`${where}: expected a file that ends in ${allowed}`);
}

async function readText(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (cause) {
    throw cannotRead(path, cause);
  }
}

const cannotRead = (where: string, cause: unknown): QpannError =>
  inputError(`${where}: the file cannot be read (${firstLine(cause)})`, { cause });

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const position = jsonErrorPosition(text);
    const before = text.slice(0, position).split('\n');
    const what = position < text.length ? `unexpected ${JSON.stringify(text[position])}` : 'ends too early';
    const where = lineAndColumn(before.length, before.at(-1)!.length + 1);
    throw inputError(`${path}${where}: not valid JSON: ${what}`, { cause });
  }
}

function parseYaml(text: string, path: string): unknown {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false, merge: true });
  const problem = document.errors[0] ?? document.warnings[0];
  if (problem !== undefined) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    const message = problem.code === 'MULTIPLE_DOCS' ? 'more than one document' : firstLine(problem);
    throw inputError(`${path}${lineAndColumn(line, col)}: not valid YAML: ${message}`);
  }
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (cause) {
    throw inputError(`${path}: not valid YAML: ${firstLine(cause)}`, { cause });
  }
}

const lineAndColumn = (line: number | string, column: number): string => `, line ${line}, column ${column}`;

function configOf(module: Readonly<Record<string, unknown>>, path: string, name: ConfigName): unknown {
  const value = module[name] ?? module.default;
  if (value === undefined) throw inputError(`${path}: exports neither default nor ${name}`);
  return value;
}

/** Asks `node --check` for the place of a syntax error, which the error itself does not tell; empty if it is in another module. */
async function syntaxErrorPosition(path: string): Promise<string> {
  const { stderr } = await promisify(execFile)(process.execPath, ['--check', resolve(path)]).catch(
    (error: { readonly stderr?: string }) => ({ stderr: error.stderr ?? '' }),
  );
  const [, line, indent] = /^.*:(\d+)\r?\n(?:.*\n(\s*)\^)?/.exec(stderr) ?? [];
  return line === undefined ? '' : lineAndColumn(line, (indent?.length ?? 0) + 1);
}
