import { type Timestamp, timestampDate } from '@bufbuild/protobuf/wkt';
import { enumField, findSplit } from '@noema/contracts';
import { type JobState, JobStateSchema } from '@noema/contracts/noema/jobs/v1/job';
import { type RunState, RunStateSchema } from '@noema/contracts/noema/training/v1/run';
import type { Fault } from '@noema/contracts/noema/type/v1/fault';
import type { SampleRef } from '@noema/contracts/noema/type/v1/sample_ref';
import type { Value } from './answer/answer.js';
import { DataText } from './answer/fence.js';

const JOB_STATES = enumField(JobStateSchema).values;
const RUN_STATES = enumField(RunStateSchema).values;

export const formatJobState = (state: JobState): string => JOB_STATES[state - 1] ?? 'unknown';
export const formatRunState = (state: RunState): string => RUN_STATES[state - 1] ?? 'unknown';

export const formatTime = (time: Timestamp | undefined): string | undefined =>
  time === undefined ? undefined : timestampDate(time).toISOString();

/** The address of a sample: `split/id`. */
export const formatSample = (ref: SampleRef | undefined): DataText =>
  new DataText(`${findSplit(ref?.split) ?? 'unknown'}/${ref?.sampleId ?? ''}`);

export const formatFault = (fault: Fault | undefined): Value | undefined =>
  fault === undefined ? undefined : { reason: fault.reason, message: new DataText(fault.message, 400) };

/** A name that may be empty. */
export const optionalText = (text: string): DataText | undefined =>
  text === '' ? undefined : new DataText(text);

/** A class by its name, or by its number where it has no name; undefined for no class, −1. */
export const formatClass = (name: string, index: number): DataText | undefined =>
  index < 0 ? undefined : new DataText(name === '' ? String(index) : name);
