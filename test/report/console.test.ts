import { batchTable, imageBlock } from '../../src/report/index.js';
import { assert, test } from '../harness.js';
import { accuracy, sample } from './examples.js';

test('an image is printed as in Appendix B of the thesis', () => {
  assert.is(
    imageBlock(sample, ['laptop', 'gong', 'notebook']),
    `######### ILSVRC2012_val_00006899.JPEG ##########
> Recreated Model Prediction : laptop   (23.5890%) <
> TFLite Model Prediction    : gong     (23.4375%) <
> Reference Model Prediction : notebook (29.7965%) <
> Ground Truth               : notebook <
`,
  );
});

test('a class without a name is printed by its number', () => {
  const block = imageBlock({ ...sample, label: 17 }, ['laptop', '']);
  assert.match(block, '> Recreated Model Prediction : laptop   (23.5890%) <\n');
  assert.match(block, '> TFLite Model Prediction    : class 1  (23.4375%) <\n');
  assert.match(block, '> Ground Truth               : class 17 <\n');
});

test('labels and file names cannot reach the terminal', () => {
  const block = imageBlock({ ...sample, file: 'a\x1b]0;title\x07\n.png' }, [
    '\x1b[31mred\x1b[0m\x9b2J\r',
    'a\nb\tc',
    '\u202egnp\u2066\ud800',
  ]);
  assert.is(
    block,
    `######### a .png ##########
> Recreated Model Prediction : red   (23.5890%) <
> TFLite Model Prediction    : a b c (23.4375%) <
> Reference Model Prediction : gnp\ufffd  (29.7965%) <
> Ground Truth               : gnp\ufffd  <
`,
  );
});

test('labels of wide and combining characters line up', () => {
  const lines = imageBlock(sample, ['犬', 'e\u0301', 'abc']).split('\n');
  assert.is(lines[1], '> Recreated Model Prediction : 犬  (23.5890%) <');
  assert.is(lines[2], '> TFLite Model Prediction    : e\u0301   (23.4375%) <');
});

test('batch and total stand side by side', () => {
  const batch = {
    recreated: accuracy(61, 77, 100),
    tflite: accuracy(57, 79, 100),
    reference: accuracy(59, 100, 100),
  };
  const total = {
    recreated: accuracy(4410, 5898, 6900),
    tflite: accuracy(4684, 6055, 6900),
    reference: accuracy(4748, 6087, 6900),
  };
  assert.is(
    batchTable(batch, 100, total, 6900),
    `##############################################################################
| Batch Accuracy Score: 100 samples |   | Total Accuracy Score: 6900 samples |
| Recreated model                   |   | Recreated model                    |
| > Top 1: 61.0000                  |   | > Top 1: 63.9130                   |
| > Top 5: 77.0000                  |   | > Top 5: 85.4783                   |
| TFLite model                      |   | TFLite model                       |
| > Top 1: 57.0000                  |   | > Top 1: 67.8841                   |
| > Top 5: 79.0000                  |   | > Top 5: 87.7536                   |
| Reference model                   |   | Reference model                    |
| > Top 1: 59.0000                  |   | > Top 1: 68.8116                   |
| > Top 5: 100.0000                 |   | > Top 5: 88.2174                   |
##############################################################################
`,
  );
});
