import { layersCsv, predictionsCsv, resultsJson, sqnrCsv } from '../../src/report/index.js';
import { assert, test } from '../harness.js';
import { results, sample, tensorRow } from './examples.js';

const MODELS_HEADER =
  'reference_class1,reference_confidence1,reference_top5,' +
  'tflite_class1,tflite_confidence1,tflite_top5,' +
  'recreated_class1,recreated_confidence1,recreated_top5';
const MODELS = '2,0.29796500,2 0 1,1,0.23437500,1 2 0,0,0.23589000,0 2 1';

test('predictions.csv has a line per image', () => {
  assert.is(
    predictionsCsv([sample]),
    `file,label,${MODELS_HEADER}\nILSVRC2012_val_00006899.JPEG,2,${MODELS}\n`,
  );
  assert.is(predictionsCsv([]), `file,label,${MODELS_HEADER}\n`);
});

test('text in predictions.csv is quoted and is no formula', () => {
  const names = ['', '', '=HYPERLINK("http://x","y")'];
  assert.is(
    predictionsCsv([{ ...sample, file: '-a,b\n.png' }], names),
    `file,label,label_name,${MODELS_HEADER}\n"'-a,b\n.png",2,"'=HYPERLINK(""http://x"",""y"")",${MODELS}\n`,
  );
});

test('sqnr.csv has a line per tensor of both models', () => {
  const sqnr = {
    tflite: { output_db: 1, tensors: [tensorRow({ layer: '@x', class: '+y', tensor: 'a"b' })] },
    recreated: {
      output_db: null,
      tensors: [
        tensorRow({ sqnr_db: null, aggregate_db: -0.00001, delta_db: null, identical: true, shape: [10] }),
      ],
    },
  };
  assert.is(
    sqnrCsv({ sqnr }),
    `model,index,layer,class,tensor,replaced,shape,sqnr_db,aggregate_db,delta_db,identical
tflite,12,'@x,'+y,"a""b",true,56x56x96,17.4540,16.9000,-11.2040,false
recreated,12,block_1_depthwise,DepthwiseConv2D,block_1_depthwise_relu,true,10,,0.0000,,true
`,
  );
});

test('layers.csv has a line per layer, with cycles where there is a machine', () => {
  const head =
    'index,layer,class,tensor,replaced,shape,settings,weight_bits,weight_scales,output_bits,output_scale,' +
    'output_zero_point,range_min,range_max,clip_rate,accumulated_db,local_db,local_aggregate_db,harmonic_db,' +
    'worst_channel,worst_channel_db,dead_channels,accumulator_min,accumulator_max,accumulator_bits,' +
    'accumulator_worst_case_bits,macs,bit_operations,' +
    'weight_bytes,bias_bytes,requantization_bytes,activation_bytes,bytes_moved';
  const [names, replaced, float, ...rest] = layersCsv(results).split('\n');
  assert.is(names, head);
  assert.is(
    replaced,
    '12,block_1_depthwise,DepthwiseConv2D,block_1_depthwise_relu,true,1x4x4x2,' +
      'weight_bits=8 activation_bits=8 rounding_div=true,8,2,8,0.0235,-128,0,6,0.25,17.4540,40.5000,38.2500,20.0000,1,3.2500,0,' +
      '-3000,2000,13,17,' +
      '2000,128000,18,8,10,64,100',
  );
  assert.is(float, "20,'=add,Add,add,false,1x4x4x2,,,,,,,,,,,,,,,,2,,,,,2000,128000,18,8,10,64,100");
  assert.equal(rest, ['']);
  const machine = {
    name: 'm',
    clock_hz: 1,
    macs: [],
    bandwidth: { weights: 1, activations: 1 },
    assumptions: [],
  };
  const cost = { ...results.layers[0]!.cost, cycles: 64, bound_by: 'activations' } as const;
  const timed = layersCsv({ machine, layers: [{ ...results.layers[0]!, cost }] }).split('\n');
  assert.is(timed[0], `${head},cycles,bound_by`);
  assert.match(timed[1]!, /,100,64,activations$/);
});

test('results.json has a list of numbers on one line, and leaves texts alone', () => {
  const text = resultsJson({ ...results, skipped: ['[\n  1,\n 2]'] });
  assert.match(text, '"indices": [3, 1]\n');
  assert.match(text, '"multipliers": [1073741824, 1610612736],\n');
  assert.equal(JSON.parse(text).skipped, ['[\n  1,\n 2]']);
});

test('results.json keeps its keys in order and ends in a line feed', () => {
  const text = resultsJson(results);
  assert.equal(JSON.parse(text), results);
  assert.ok(
    text.startsWith('{\n  "schema": "qpann.results/2",\n  "numerics": "tflite-2.15",\n  "samples": 6900,\n'),
  );
  assert.ok(text.endsWith('  "skipped": []\n}\n'));
});

test('results.json refuses numbers that JSON does not have', () => {
  const broken = (value: number) => ({
    ...results,
    sqnr: { ...results.sqnr, tflite: { output_db: 1, tensors: [tensorRow({ delta_db: value })] } },
  });
  assert.throws(
    () => resultsJson(broken(Number.NaN)),
    (error: Error) => error.message === 'results.sqnr.tflite.tensors.0.delta_db is NaN',
  );
  assert.throws(() => resultsJson(broken(Number.NEGATIVE_INFINITY)), /is -Infinity$/);
});
