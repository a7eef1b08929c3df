import type { ButtonProps } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { IconBookmark } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { ActionView } from '../../parts/action.view.js';
import { counted } from '../../parts/numbers.js';
import { useSliceChanges } from './slice-changes.query.js';
import type { Subject } from './subject.js';

const SaveSliceView = lazyPart(async () => ({
  default: (await import('./save-slice.view.js')).SaveSliceView,
}));

/** A button that saves rows as a slice under a name and confirms it in a note. */
export function SaveSubjectView({
  datasetVersionId,
  off,
  findSubject,
  onSaved,
  ...button
}: ButtonProps & {
  readonly datasetVersionId: string;
  /** Why nothing can be saved. */
  readonly off: string | undefined;
  /** The rows at the time of the click. */
  readonly findSubject: () => Subject;
  readonly onSaved?: (slice: Slice) => void;
}) {
  const [subject, setSubject] = useState<Subject>();
  const { create } = useSliceChanges(datasetVersionId);
  const close = (): void => {
    setSubject(undefined);
  };
  return (
    <>
      <ActionView
        size="xs"
        {...button}
        off={off}
        leftSection={<IconBookmark size={14} />}
        onClick={() => {
          create.reset();
          setSubject(findSubject());
        }}
      >
        Save as slice
      </ActionView>
      {subject !== undefined && (
        <Suspense>
          <SaveSliceView
            opened
            title="Save as slice"
            verb="Save"
            count={subject.count}
            pending={create.isPending}
            error={create.error}
            onClose={close}
            onSave={(named) => {
              create.mutate(
                { ...named, subject },
                {
                  onSuccess: (slice) => {
                    close();
                    if (slice === undefined) return;
                    notifications.show({
                      message: `The slice “${slice.displayName}” has ${counted(slice.sampleCount, 'sample')}.`,
                    });
                    onSaved?.(slice);
                  },
                },
              );
            }}
          />
        </Suspense>
      )}
    </>
  );
}
