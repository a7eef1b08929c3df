import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { splitMessage, parseSplit } from '@noema/contracts';
import {
  type Issue as Message,
  type IssueSchema,
  IssueState as State,
} from '@noema/contracts/noema/quality/v1/issue';
import { formatEtag } from '../revision/revision.js';
import { stateMissing } from './issue.errors.js';
import type { Issue, IssueState, IssueSubject } from './issue.js';

const STATES: Readonly<Record<IssueState, State>> = { open: State.OPEN, closed: State.CLOSED };

/** Throws `invalid` STATE_MISSING. */
export function toState(state: State): IssueState {
  const name = (Object.keys(STATES) as IssueState[]).find((each) => STATES[each] === state);
  if (name === undefined) throw stateMissing();
  return name;
}

/** Returns the subject of a message. Throws `invalid` SPLIT_INVALID. */
export function toSubject(subject: Message['subject']): IssueSubject | undefined {
  switch (subject.case) {
    case 'samples': {
      const { datasetVersionId, samples } = subject.value;
      const addresses = samples.map(({ split, sampleId }) => ({ split: parseSplit(split), sampleId }));
      return { kind: 'samples', datasetVersionId, samples: addresses };
    }
    case 'sliceId':
      return { kind: 'slice', sliceId: subject.value };
    case 'testResultId':
      return { kind: 'test-result', testResultId: subject.value };
    case undefined:
      return undefined;
  }
}

const subjectMessage = (
  subject: IssueSubject | undefined,
): MessageInitShape<typeof IssueSchema>['subject'] => {
  switch (subject?.kind) {
    case 'samples': {
      const { datasetVersionId } = subject;
      const samples = subject.samples.map(({ split, sampleId }) => ({
        split: splitMessage(split),
        sampleId,
      }));
      return { case: 'samples', value: { datasetVersionId, samples } };
    }
    case 'slice':
      return { case: 'sliceId', value: subject.sliceId };
    case 'test-result':
      return { case: 'testResultId', value: subject.testResultId };
    case undefined:
      return { case: undefined };
  }
};

export const issueMessage = ({
  versionTime: _,
  revision,
  state,
  subject,
  closingTest,
  labels,
  createTime,
  updateTime,
  closeTime,
  ...issue
}: Issue): MessageInitShape<typeof IssueSchema> => ({
  ...issue,
  state: STATES[state],
  subject: subjectMessage(subject)!,
  labels: [...labels],
  ...(closingTest !== undefined && { closingTest }),
  etag: formatEtag({ revision }),
  createTime: timestampFromDate(createTime),
  updateTime: timestampFromDate(updateTime),
  ...(closeTime !== undefined && { closeTime: timestampFromDate(closeTime) }),
});
