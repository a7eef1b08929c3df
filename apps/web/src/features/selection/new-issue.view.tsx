import type { ButtonProps } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { IconMessageCirclePlus } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { samples } from '../../api/clients.js';
import { ActionView } from '../../parts/action.view.js';
import { counted } from '../../parts/numbers.js';
import { hereAsNext } from '../../parts/session.js';
import type { IssueDraft } from '../quality/new-issue-dialog.view.js';
import { useSliceChanges } from './slice-changes.query.js';
import type { Subject } from './subject.js';

const NewIssueDialogView = lazyPart(async () => ({
  default: (await import('../quality/new-issue-dialog.view.js')).NewIssueDialogView,
}));

/** Samples that an issue names one by one; more are saved as a slice. */
const MAX_SAMPLES = 100;

/** A button that opens an issue about a slice or rows; the issue leads back to the present view. */
export function NewIssueView({
  projectId,
  datasetVersionId,
  slice,
  off,
  findSubject,
  ...button
}: ButtonProps & {
  readonly projectId: string;
  readonly datasetVersionId: string;
  /** The slice that the rows are, if they are one. */
  readonly slice?: Slice | undefined;
  /** Why no issue can be opened. */
  readonly off: string | undefined;
  /** The rows at the time of the click. */
  readonly findSubject: () => Subject;
}) {
  const [draft, setDraft] = useState<IssueDraft>();
  const { create } = useSliceChanges(datasetVersionId);
  const open = (): void => {
    const subject = findSubject();
    const number = counted(subject.count, 'sample');
    const view = hereAsNext();
    if (slice !== undefined)
      setDraft({
        view,
        about: `The issue is about the slice “${slice.displayName}” with ${number}.`,
        findSubject: () => ({ case: 'sliceId', value: slice.id }),
      });
    else if (subject.count <= MAX_SAMPLES)
      setDraft({
        view,
        about: `The issue is about ${number}.`,
        findSubject: async () => {
          const rows = listRows(subject.bitmap);
          const found = await samples.listSamples({ datasetVersionId, rows, pageSize: MAX_SAMPLES });
          const named = found.samples.flatMap(({ ref }) => ref ?? []);
          return { case: 'samples', value: { datasetVersionId, samples: named } };
        },
      });
    else {
      // The slice of the first try is used again when the issue itself was refused.
      let saved: Slice | undefined;
      setDraft({
        view,
        about: `The issue is about ${number}; they are saved as a slice with the title of the issue.`,
        findSubject: async (displayName) => {
          saved ??= await create.mutateAsync({ displayName, description: '', subject });
          return saved === undefined ? undefined : { case: 'sliceId', value: saved.id };
        },
      });
    }
  };
  return (
    <>
      <ActionView
        size="xs"
        {...button}
        off={off}
        leftSection={<IconMessageCirclePlus size={14} />}
        onClick={open}
      >
        New issue
      </ActionView>
      {draft !== undefined && (
        <Suspense>
          <NewIssueDialogView
            projectId={projectId}
            draft={draft}
            onClose={() => {
              setDraft(undefined);
            }}
          />
        </Suspense>
      )}
    </>
  );
}

/** The rows of a bitmap, rising. */
function listRows(bitmap: Uint8Array): number[] {
  const rows: number[] = [];
  for (let row = 0; row < bitmap.length * 8; row++)
    if ((bitmap[row >> 3]! & (1 << (row & 7))) !== 0) rows.push(row);
  return rows;
}
