import { asDomainError } from '@noema/kernel';
import { type Finding, ok, warn } from '../finding.js';

/** Samples a second of the walk's network: responses of all units, and training. */
export interface Speed {
  readonly responses: number;
  readonly training: number;
}

/**
 * One backend on this machine: without `speed` it was not measured, with `missing` it is not here, with
 * `failure` it is here and does not do the work.
 */
export interface SurveyedBackend {
  readonly backend: string;
  readonly speed?: Speed;
  readonly missing?: string;
  readonly failure?: string;
}

/** Engines and devices of this machine that run models. */
export interface EngineSurvey {
  readonly backends: readonly SurveyedBackend[];
  /** The backend to use here: the fastest that was measured, else the one that is set if it is here. */
  readonly choice?: string;
  /** Setting that selects the backend. */
  readonly setting?: string;
}

/** How backends are looked at. */
export interface BackendProbe {
  readonly keys: readonly string[];
  /** Throws when the device is not here. */
  readonly require: (backend: string) => Promise<void>;
  /** Absent when nothing is to be measured. */
  readonly measure?: (backend: string) => Promise<Speed>;
}

/** Looks at one backend after another, so that each has the machine to itself. */
export async function surveyEngine(
  { keys, require, measure }: BackendProbe,
  set: string,
): Promise<EngineSurvey> {
  const backends: SurveyedBackend[] = [];
  for (const backend of keys) {
    const missing = await findReason(() => require(backend));
    let speed: Speed | undefined;
    const failure =
      missing === undefined && measure !== undefined
        ? await findReason(async () => {
            speed = await measure(backend);
          })
        : undefined;
    backends.push({
      backend,
      ...(speed && { speed }),
      ...(missing !== undefined && { missing }),
      ...(failure !== undefined && { failure }),
    });
  }
  const here = backends.filter(({ missing, failure }) => missing === undefined && failure === undefined);
  const choice =
    measure === undefined
      ? here.find(({ backend }) => backend === set)
      : here.toSorted((a, b) => estimateSeconds(a) - estimateSeconds(b))[0];
  return {
    backends,
    ...(choice && { choice: choice.backend, setting: `NOEMA_ENGINE_BACKEND=${choice.backend}` }),
  };
}

async function findReason(work: () => Promise<void>): Promise<string | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return asDomainError(error).message.split('\n')[0]!;
  }
}

/** Seconds to train on a sample once and to look at it once. */
const estimateSeconds = ({ speed }: SurveyedBackend): number =>
  speed === undefined ? Infinity : 1 / speed.responses + 1 / speed.training;

/** The survey among the findings. */
export function engineFinding({ backends, choice, setting }: EngineSurvey, set: string): Finding {
  const whole = (rate: number): string => Math.round(rate).toLocaleString('en');
  const formatState = ({ speed, missing, failure }: SurveyedBackend): string => {
    if (missing !== undefined) return 'is not here';
    if (failure !== undefined) return 'is here and fails';
    return speed === undefined
      ? 'is here'
      : `${whole(speed.responses)} responses, ${whole(speed.training)} training samples a second`;
  };
  const found = backends.map((one) => `${one.backend}: ${formatState(one)}`).join('; ');
  const answer =
    choice === undefined || choice === set
      ? ok(found)
      : warn(
          found,
          `the fastest on this machine is ${choice}, set is ${set}: if workers run here, set ${setting}`,
        );
  return { check: 'engine', ...answer };
}
