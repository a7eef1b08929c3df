import { inPlainOperators } from '@noema/autodiff';
import { DomainError } from '@noema/kernel';
import { decodeModel, type Graph, prune, type TensorData } from '@noema/onnx';
import { deviceLost, isDeviceFault, programInvalid, programRunFailed } from '../../engine.errors.js';
import type { Tensors } from '../../tensors.js';
import type { Backend, BackendSession } from '../backend.js';
import { Eager } from './eager.js';
import { fused } from './fusions.js';
import { type Device, tensorflowOn } from './library.js';
import { tensorflowOperators } from './operator.registry.js';
import { Plan, requireOperators } from './plan.js';
import type { Tensor } from './tensor.js';

const tensorflow = (key: string, device: Device): Backend => ({
  key,
  runtime: key,
  inGroups: false,
  open: (bytes) =>
    new Promise((resolve) => {
      const eager = new Eager(tensorflowOn(device, key));
      resolve(new TensorFlowSession(decoded(bytes), eager, key));
    }),
});

/** TensorFlow's operators on the processor, one by one. */
export const tensorflowCpu = tensorflow('tensorflow', 'CPU');

/** The same on CUDA. Nothing of it has run on hardware yet. */
export const tensorflowGpu = tensorflow('tensorflow-gpu', 'GPU');

function decoded(bytes: Uint8Array): Graph {
  try {
    const graph = inPlainOperators(
      decodeModel(bytes),
      ({ opType }) => tensorflowOperators.find(opType) === undefined,
    );
    requireOperators(graph);
    return graph;
  } catch (cause) {
    throw cause instanceof DomainError && cause.reason === 'PROGRAM_INVALID' ? cause : programInvalid(cause);
  }
}

class TensorFlowSession implements BackendSession {
  private readonly constants = new Map<string, Tensor>();
  /** Plans by requested outputs. */
  private readonly plans = new Map<string, Plan>();

  constructor(
    private readonly graph: Graph,
    private readonly eager: Eager,
    private readonly device: string,
  ) {}

  readonly run = (
    feeds: Tensors,
    fetches: readonly string[],
    into: Tensors = {},
  ): Promise<Record<string, TensorData>> =>
    new Promise((resolve) => {
      try {
        const outputs: Record<string, TensorData> = {};
        this.eager.scope(() => {
          const plan = this.planFor(fetches);
          const made = plan.run(plan.inputs.map((name) => this.fed(name, feeds[name])));
          fetches.forEach((name, i) => {
            outputs[name] = writtenTo(into[name], made[i]!.read());
          });
          return [];
        });
        resolve(outputs);
      } catch (cause) {
        throw isDeviceFault(cause) ? deviceLost(this.device, cause) : programRunFailed(cause, feeds);
      }
    });

  readonly dispose = (): Promise<void> => {
    for (const plan of this.plans.values()) plan.dispose();
    for (const constant of this.constants.values()) constant.drop();
    return Promise.resolve();
  };

  private planFor(fetches: readonly string[]): Plan {
    const key = fetches.join('\n');
    const known = this.plans.get(key);
    if (known !== undefined) return known;
    const made = new Plan(fused(prune(this.graph, fetches)), this.eager, this.constants);
    this.plans.set(key, made);
    return made;
  }

  /**
   * No later check compares a tensor with the program's inputs: a wrong size might be broadcast and give a
   * result.
   */
  private fed(name: string, tensor: TensorData | undefined): Tensor {
    const { dataType, dims } = this.graph.inputs.find((input) => input.name === name)!;
    const fits =
      tensor?.dataType === dataType &&
      tensor.dims.length === dims.length &&
      dims.every((dim, i) => typeof dim === 'string' || dim === tensor.dims[i]);
    if (tensor === undefined || !fits)
      throw new Error(`input "${name}" takes ${dataType}[${dims.join(', ')}]`);
    return this.eager.given(tensor);
  }
}

function writtenTo(into: TensorData | undefined, made: TensorData): TensorData {
  if (into === undefined) return made;
  (into.data as Float32Array).set(made.data as Float32Array);
  return into;
}
