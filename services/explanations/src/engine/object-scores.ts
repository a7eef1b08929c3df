import { findDetectionForm } from '@noema/detection';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { elementCount } from '@noema/onnx';
import { GraphWithShapes } from './graph-with-shapes.js';

/** Smallest probability whose logarithm is taken. */
const EPSILON = 1e-7;
/** Number before the classes: x, y, width, height, and the objectness. */
const OBJECTNESS = 4;

/**
 * Returns a model that gives objects as one that scores classes: the probability of a class is that of its best box,
 * objectness times class, [n, classes]; its logit is the logarithm of that. Throws `unsupported`
 * OBJECTS_WITHOUT_CLASSES for boxes of which only the best class is known, or which the model gives in no known form.
 */
export function objectScores(model: CompiledModel, classCount: number): CompiledModel {
  const [output] = model.outputs;
  const dims = output!.dims.slice(1).map(Number);
  const form = findDetectionForm(dims, classCount);
  const appended = new GraphWithShapes(model);
  const { builder, shapes } = appended;
  const write = appended.write.bind(appended);
  const fields = form === 'v8' ? dims[0]! : dims.at(-1)!;
  const boxes = elementCount(dims) / fields;
  /** Boxes with their fields, [n, boxes, fields]. */
  const readBoxes = (): string =>
    form === 'v8'
      ? write('Transpose', [output!.tensor], ['n', boxes, fields], { perm: [0, 2, 1] })
      : write('Reshape', [output!.tensor, builder.constant([-1, boxes, fields])], ['n', boxes, fields]);
  const slice = (tensor: string, from: number, to: number): string =>
    write(
      'Slice',
      [tensor, builder.constant([from]), builder.constant([to]), builder.constant([2])],
      ['n', boxes, to - from],
    );
  const best = (tensor: string): string =>
    write('ReduceMax', [tensor, builder.constant([1])], ['n', classCount], { keepdims: 0 });
  const logOfSigmoid = (tensor: string, size: number): string => {
    const shape = ['n', boxes, size];
    return write('Neg', [write('Softplus', [write('Neg', [tensor], shape)], shape)], shape);
  };
  const scored = ({ probability, logits }: { probability: string; logits: string }): CompiledModel => ({
    ...model,
    graph: builder.build(),
    shapes,
    outputs: [{ name: output!.name, tensor: probability, dims: ['n', classCount], logits }],
  });
  const each = ['n', boxes, classCount];
  switch (form) {
    case 'grid': {
      const found = readBoxes();
      const logits = best(
        write(
          'Add',
          [
            logOfSigmoid(slice(found, OBJECTNESS, OBJECTNESS + 1), 1),
            logOfSigmoid(slice(found, OBJECTNESS + 1, fields), classCount),
          ],
          each,
        ),
      );
      return scored({ logits, probability: write('Exp', [logits], ['n', classCount]) });
    }
    case 'v5':
    case 'v8':
    case 'rows': {
      const found = readBoxes();
      const classes = slice(found, fields - classCount, fields);
      const probability = best(
        form === 'v5' ? write('Mul', [slice(found, OBJECTNESS, OBJECTNESS + 1), classes], each) : classes,
      );
      const positive = write('Max', [probability, builder.constant(EPSILON)], ['n', classCount]);
      return scored({ probability, logits: write('Log', [positive], ['n', classCount]) });
    }
    default:
      throw new DomainError(
        'unsupported',
        'OBJECTS_WITHOUT_CLASSES',
        `output "${output!.name}" gives [${dims.join(', ')}], which has no score of each of ${classCount} classes ` +
          'to explain; export the model before its last suppression',
      );
  }
}
