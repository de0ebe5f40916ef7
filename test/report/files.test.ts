import { predictionsCsv, resultsJson, sqnrCsv } from '../../src/report/index.js';
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

test('results.json keeps its keys in order and ends in a line feed', () => {
  const text = resultsJson(results);
  assert.equal(JSON.parse(text), results);
  assert.ok(
    text.startsWith('{\n  "schema": "qpann.results/1",\n  "numerics": "tflite-2.15",\n  "samples": 6900,\n'),
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
