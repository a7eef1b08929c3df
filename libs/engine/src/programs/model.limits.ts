import { gradients } from '@noema/autodiff';
import { DomainError } from '@noema/kernel';
import type { CompiledModel } from '@noema/layers';
import { GraphBuilder } from '@noema/onnx';
import { refuseTrainingOnly } from './train-step.program.js';

/** Something that a model cannot be used for, and why. */
export interface ModelLimit {
  readonly capability: string;
  readonly error: DomainError;
}

/** Returns what cannot be done with a model for want of gradients or by its settings. */
export function modelLimits(model: {
  readonly inference: CompiledModel;
  readonly training: CompiledModel;
}): ModelLimit[] {
  const { inference, training } = model;
  const trained = training.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
  return [
    ...limit('heat maps by gradients', () => {
      differentiate(
        inference,
        inference.inputs.map(({ name }) => name),
      );
    }),
    ...limit('training', () => {
      refuseTrainingOnly(training);
      if (trained.length === 0) throw nothingTrainable();
      differentiate(training, trained);
    }),
  ];
}

/** Derives the scores of every output. Throws `unsupported` GRADIENT_UNSUPPORTED. */
function differentiate({ graph, outputs, shapes }: CompiledModel, wrt: readonly string[]): void {
  const builder = new GraphBuilder(graph);
  const ofs = outputs.map(({ tensor, logits = tensor, dims }) => ({
    tensor: logits,
    seed: builder.input(builder.fresh('seed'), dims),
  }));
  gradients(builder.build(), { ofs, wrt, shapes });
}

function limit(capability: string, attempt: () => void): ModelLimit[] {
  try {
    attempt();
    return [];
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'unsupported') return [{ capability, error }];
    throw error;
  }
}

const nothingTrainable = (): DomainError =>
  new DomainError(
    'unsupported',
    'NOTHING_TRAINABLE',
    'the model has no weights that training changes; evaluate it, or adapt it with a new head',
  );
