import { inputError } from '../core/index.js';
import { parseSetting, type RecreationConfig } from '../eval/index.js';
import { CALIBRATORS, type CalibratorName } from '../quant/index.js';
import {
  type ChosenSettings,
  changed,
  type LayerSettings,
  recreationOf,
  type Setting,
  settingsOf,
  takes,
} from './layer-settings.js';
import { modelOf, type SearchNetwork } from './network.js';

/** One model to evaluate. */
export interface Configuration {
  readonly id: string;
  /** For people. */
  readonly label: string;
  readonly recreation: RecreationConfig;
  readonly calibrator: CalibratorName;
  /** What is different from the base, for machines. */
  readonly varied: Readonly<Record<string, unknown>>;
  /** The layer that is alone quantized, or alone left in float. */
  readonly alone?: { readonly layer: number; readonly kind: 'quantized' | 'float' };
}

/** What a sweep varies. */
export interface Variation {
  readonly alone: readonly ('quantized' | 'float')[];
  /** Values of each hyper-parameter; every combination is tried. */
  readonly grid: readonly { readonly key: string; readonly values: readonly Partial<LayerSettings>[] }[];
  /** None leaves that of the network config. */
  readonly calibrators: readonly CalibratorName[];
}

const ALONE = { 'alone-quantized': 'quantized', 'alone-float': 'float' } as const;

/** Most configurations of a sweep. */
const MAX_CONFIGURATIONS = 2000;

/**
 * What `--vary` asks for: `alone-quantized`, `alone-float`, `key=value,value`.
 * @throws QpannError for what is no variation, has no or equal values, is given twice, or contradicts another
 */
export function parseVariation(texts: readonly string[]): Variation {
  if (texts.length === 0)
    throw inputError(
      '--vary is missing: give alone-quantized, alone-float, or a grid like weight_bits=4,6,8',
    );
  const alone = new Set<'quantized' | 'float'>();
  const grid = new Map<string, readonly Partial<LayerSettings>[]>();
  let calibrators: readonly CalibratorName[] = [];
  const seen = new Set<string>();
  for (const text of texts) {
    const where = `--vary ${text}`;
    const [key = '', list] = text.split(/=(.*)/s);
    if (list === undefined) {
      if (!Object.hasOwn(ALONE, key))
        throw inputError(`${where}: expected alone-quantized, alone-float, or key=value,value`);
      alone.add(ALONE[key as keyof typeof ALONE]);
    } else {
      const values = list.split(',').map((value) => value.trim());
      if (values.some((value) => value === '')) throw inputError(`${where}: an empty value`);
      if (new Set(values).size < values.length) throw inputError(`${where}: a value is given twice`);
      if (key === 'calibrator') calibrators = values.map((value) => calibratorOf(value, where));
      else grid.set(key, gridValues(key, values, where));
    }
    if (seen.has(key)) throw inputError(`${where}: ${key} is varied twice; give all values in one --vary`);
    seen.add(key);
  }
  if (alone.size > 0 && grid.has('quantized'))
    throw inputError(
      '--vary quantized contradicts alone-quantized and alone-float, which decide it themselves',
    );
  return {
    alone: [...alone],
    grid: [...grid].map(([key, values]) => ({ key, values })),
    calibrators,
  };
}

function calibratorOf(value: string, where: string): CalibratorName {
  if (Object.hasOwn(CALIBRATORS, value)) return value as CalibratorName;
  throw inputError(`${where}: expected ${Object.keys(CALIBRATORS).join(', ')}, got ${value}`);
}

const SELECTORS = ['name', 'indices', 'layers', 'all', 'except', 'module'];

function gridValues(key: string, values: readonly string[], where: string): Partial<LayerSettings>[] {
  if (SELECTORS.includes(key))
    throw inputError(`${where}: ${key} chooses layers; only hyper-parameters vary`);
  return values.map((value) => parseSetting(key, value, where));
}

/** Every combination of the values of a grid; of an empty grid the one that changes nothing. */
function combinations(grid: Variation['grid']): readonly Partial<LayerSettings>[] {
  return grid.reduce<readonly Partial<LayerSettings>[]>(
    (all, { values }) => all.flatMap((one) => values.map((value) => ({ ...one, ...value }))),
    [{}],
  );
}

/**
 * The configurations of a sweep: the base first, then what varies it.
 * @param base the recreation config that is varied
 * @throws QpannError for a sweep that is empty, too large, or has a configuration that fits no model
 */
export function configurationsOf(
  search: SearchNetwork,
  base: RecreationConfig,
  { alone, grid, calibrators: given }: Variation,
): Configuration[] {
  const { reference, layers } = search.basis;
  const choices = settingsOf(reference, layers, base, modelOf(search, base));
  const replaced = choices.filter(({ settings }) => settings.quantized !== false);
  if (replaced.length === 0) throw inputError('the recreation config quantizes no layer: nothing to vary');
  for (const { key, values } of grid) {
    const setting = Object.keys(values[0]!)[0] as Setting;
    if (
      !replaced.some(
        (choice) => choice.settings.custom === undefined && takes(reference, choice.layer, setting),
      )
    )
      throw inputError(`--vary ${key}: no replaced layer takes ${key}`);
  }
  const own = search.network.calibrator;
  const calibrators = given.length === 0 ? [own] : given;
  const varied = combinations(grid);
  const perCombination = alone.length === 0 ? 1 : alone.length * replaced.length;
  const count = 1 + varied.length * perCombination * calibrators.length;
  if (count > MAX_CONFIGURATIONS)
    throw inputError(`${count} configurations, more than ${MAX_CONFIGURATIONS}: vary less at a time`);

  const configuration = (
    id: string,
    label: string,
    chosen: readonly ChosenSettings[],
    values: Partial<LayerSettings>,
    calibrator: CalibratorName,
    single?: { readonly choice: ChosenSettings; readonly kind: 'quantized' | 'float' },
  ): Configuration => ({
    id,
    label,
    recreation: recreationOf(layers, chosen),
    calibrator,
    varied: {
      ...(single && { [`alone_${single.kind}`]: single.choice.layer.name }),
      ...values,
      ...(given.length > 0 && { calibrator }),
    },
    ...(single && { alone: { layer: single.choice.layer.index, kind: single.kind } }),
  });

  const all: Configuration[] = [configuration('base', 'as given', choices, {}, own)];
  // A layer that does not take what varies is tried once.
  const seen = new Set<string>();
  for (const calibrator of calibrators)
    for (const values of varied) {
      const set = changed(reference, choices, values);
      const text = textOf({ ...values, ...(given.length > 0 && { calibrator }) });
      if (alone.length === 0) {
        all.push(configuration(text, text, set, values, calibrator));
        continue;
      }
      for (const kind of alone)
        for (const choice of set) {
          if (!replaced.some(({ layer }) => layer === choice.layer)) continue;
          const chosen = kind === 'quantized' ? [choice] : set.filter((other) => other !== choice);
          const same = `${calibrator} ${kind} ${choice.layer.index} ${JSON.stringify(chosen.map(({ settings }) => settings))}`;
          if (seen.has(same)) continue;
          seen.add(same);
          const { index, name } = choice.layer;
          const suffix = text === '' ? '' : ` ${text}`;
          all.push(
            configuration(
              `${kind}:${index}${suffix}`,
              `${name} alone ${kind === 'float' ? 'left in float' : kind}${suffix}`,
              chosen,
              values,
              calibrator,
              { choice, kind },
            ),
          );
        }
    }
  return all;
}

const textOf = (values: Readonly<Record<string, unknown>>): string =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ');
