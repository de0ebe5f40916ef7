import {
  DEFAULT_PROFILE,
  formatShape,
  type Graph,
  inputError,
  type Layer,
  type Node,
  type NumericsProfile,
  type Tensor,
  verifyGraph,
  withNumerics,
} from '../../core/index.js';
import { verifyOperators } from '../../ops/index.js';
import { decoderOf, isTfliteBuiltin, supportedBuiltins } from './decoders.js';
import { type OperatorNodes, parametersOf } from './nodes.js';
import { operatorContext, type Progress, type Use } from './operator-context.js';
import { type FileModel, type FileOperator, readModel } from './schema.js';
import { fileTensors, shownName } from './tensors.js';

/** No operator of TensorFlow Lite has nearly as many versions. */
const MAX_VERSION = 32;

/** An imported network. */
export interface TfliteModel {
  readonly graph: Graph;
  /** The operators in the order of the file, without those that only compute shapes: their results are part of the graph. */
  readonly layers: readonly Layer[];
}

/** How a file is imported. */
export interface TfliteImportOptions {
  /** Whose integer arithmetic the graph computes in; TensorFlow 2.15's when absent. */
  readonly numerics?: NumericsProfile;
}

/**
 * Imports a network from the bytes of a `.tflite` file, float32, int8, uint8 or 16x8. The batch size is 1. Tensors keep their names
 * where those are unique. Constants are views of `bytes` where they are aligned, so leave `bytes` as they are.
 * @throws QpannError that names the file and the operator when the file is damaged or the network is not supported.
 */
export function importTflite(
  bytes: Uint8Array,
  fileName: string,
  { numerics = DEFAULT_PROFILE }: TfliteImportOptions = {},
): TfliteModel {
  const model = readModel(bytes, fileName);
  const progress: Progress = {
    file: fileTensors(model),
    numerics,
    tensors: new Map(),
    ready: new Set(),
    known: new Map(),
  };
  const input = declareInput(model, progress, fileName);
  const nodes: Node[] = [];
  const layers: Layer[] = [];
  for (const operator of model.operators) {
    const decoded = decodeOperator(operator, progress, fileName);
    if (decoded === null) continue;
    nodes.push(...decoded.nodes);
    layers.push(decoded.layer);
  }
  const output = onlyOne(model.outputs, 'output', progress, fileName);
  if (!progress.ready.has(output)) throw inputError(`${fileName}: its output is not written by any operator`);
  const graph: Graph = {
    name: shownName(model.name) || fileName,
    tensors: progress.tensors,
    nodes,
    inputs: [input.name],
    outputs: [progress.file.nameOf(output)],
  };
  return { graph: verifyOperators(verifyGraph(withNumerics(graph, numerics))), layers };
}

function onlyOne(
  indices: readonly number[],
  what: 'input' | 'output',
  { file }: Progress,
  fileName: string,
): number {
  const [index] = indices;
  if (index === undefined || indices.length !== 1) {
    throw inputError(`${fileName}: has ${indices.length} ${what}s; models with one can be imported`);
  }
  file.describe(index, `${fileName}: ${what}`);
  return index;
}

function declareInput(model: FileModel, progress: Progress, fileName: string): Tensor {
  const { file } = progress;
  const index = onlyOne(model.inputs, 'input', progress, fileName);
  const where = `${fileName}: input`;
  const input = file.convert(index, where);
  const [batch] = input.shape;
  const signature = file.describe(index, where).shapeSignature;
  if (input.data !== undefined) throw inputError(`${where} ${shownName(input.name)} is a constant`);
  if (input.quantization !== undefined && input.quantization.axis !== null)
    throw inputError(`${where} ${shownName(input.name)} has several scales, which is not supported`);
  if (signature.slice(1).some((size) => size < 0))
    throw inputError(`${where} has a variable size (${signature.join('×')}); convert with a fixed size`);
  if (batch !== undefined && batch !== 1)
    throw inputError(`${where} has shape ${formatShape(input.shape)}; convert with batch size 1`);
  progress.tensors.set(input.name, input);
  progress.ready.add(index);
  return input;
}

/** Adds an operator's tensors to what is found so far. @returns its nodes, or null when it only computes constants. */
function decodeOperator(
  operator: FileOperator,
  progress: Progress,
  fileName: string,
): { readonly nodes: readonly Node[]; readonly layer: Layer } | null {
  const { file } = progress;
  const { index, name: className, version } = operator;
  const first = operator.outputs[0] ?? -1;
  const output = file.describe(first, `${fileName}: operator ${index} ${shownName(className)}`);
  const name = file.nameOf(output.index);
  const where = `${fileName}: operator ${index} ${shownName(className)} (version ${version}, writing ${shownName(name)})`;
  if (operator.isCustom) throw inputError(`${where}: is a custom operator, which is not supported`);
  if (!isTfliteBuiltin(className))
    throw inputError(`${where}: is not supported; supported are ${supportedBuiltins()}`);

  if (version < 1 || version > MAX_VERSION)
    throw inputError(`${where}: has a version that TensorFlow Lite does not have`);

  const source = { index, name, className };
  const found: OperatorNodes = { nodes: [], tensors: new Map() };
  const used: Use = { inputs: 0, outputs: new Set() };
  const context = operatorContext(operator, source, where, progress, found, used);
  decoderOf(className)(context);
  for (const tensor of found.tensors.values()) progress.tensors.set(tensor.name, tensor);
  if (operator.inputs.slice(used.inputs).some((input) => input !== -1))
    throw inputError(`${where}: has ${operator.inputs.length} inputs, more than are supported`);
  if (used.outputs.size !== operator.outputs.length)
    throw inputError(`${where}: has ${operator.outputs.length} outputs, more than are supported`);
  if (found.nodes.length === 0) return null;
  const storedAs = storedForms(found, progress);
  const layer = { ...source, tensor: name, parameters: parametersOf(found), ...(storedAs && { storedAs }) };
  return { nodes: found.nodes, layer };
}

/** The forms in which the file holds dequantized constants that an operator reads. */
function storedForms({ tensors }: OperatorNodes, { file }: Progress): string {
  const forms = [...tensors.values()].flatMap(({ data }) => (data && file.storedAs(data)) ?? []);
  return [...new Set(forms)].join(', ');
}
