import { ActionIcon, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { Model, ModelVersion } from '@noema/contracts/noema/training/v1/model';
import { ExportFormat } from '@noema/contracts/noema/training/v1/model_service';
import type { ArtifactRef } from '@noema/contracts/noema/type/v1/artifact_ref';
import { IconDots, IconDownload, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { artifacts } from '../../api/artifact-client.js';
import { models } from '../../api/making-clients.js';
import { toFault } from '../../api/query-client.js';
import { readBlob } from '../../api/streamed-bytes.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { useRights } from '../../parts/role.query.js';
import { saveFile } from '../../parts/save.js';

const RenameDialogView = lazyPart(async () => ({
  default: (await import('../../parts/rename-dialog.view.js')).RenameDialogView,
}));

const EXPORTS = [
  { format: ExportFormat.ONNX, ending: 'onnx', label: 'ONNX' },
  { format: ExportFormat.KERAS, ending: 'keras', label: 'Keras' },
] as const;

/**
 * Exports the chosen version, saves its layers and weights, renames and deletes the model; `onDeleted` is
 * called after it is deleted.
 */
export function ModelMenuView({
  model,
  version,
  onDeleted,
}: {
  model: Model;
  version: ModelVersion | undefined;
  onDeleted: () => void;
}) {
  const { canEdit } = useRights();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'rename' | 'delete'>();
  const close = (): void => {
    setAsked(undefined);
  };
  const rename = async (displayName: string): Promise<void> => {
    await models.updateModel({
      model: { id: model.id, displayName },
      updateMask: { paths: ['display_name'] },
    });
    await Promise.all([
      client.invalidateQueries({ queryKey: ['model', model.id] }),
      client.invalidateQueries({ queryKey: ['model-list', model.projectId] }),
    ]);
  };
  const remove = async (): Promise<void> => {
    await models.deleteModel({ modelId: model.id });
    onDeleted();
  };
  const fileName = (ending: string): string => `${model.displayName} v${version?.number ?? 0}.${ending}`;
  const download = async ({ uri, mediaType }: ArtifactRef, ending: string): Promise<void> => {
    saveFile(
      fileName(ending),
      await readBlob(artifacts.readArtifact({ service: 'training', uri }), mediaType),
    );
  };
  const exportAs = async (format: ExportFormat, ending: string): Promise<void> => {
    const answers = models.exportModelVersion({ modelVersionId: version?.id ?? '', format });
    saveFile(fileName(ending), await readBlob(answers));
  };
  const failed = (error: unknown): void => {
    notifications.show({ color: 'red', title: 'The file was not saved', message: toFault(error).message });
  };
  const save = (artifact: ArtifactRef | undefined, ending: string) => ({
    disabled: artifact === undefined,
    onClick: () => {
      if (artifact !== undefined) download(artifact, ending).catch(failed);
    },
  });
  const which = version === undefined ? '' : ` of v${version.number}`;
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {EXPORTS.map(({ format, ending, label }) => (
            <Menu.Item
              key={ending}
              leftSection={<IconDownload size={16} />}
              disabled={version?.weights === undefined}
              onClick={() => {
                exportAs(format, ending).catch(failed);
              }}
            >
              Download as {label}
            </Menu.Item>
          ))}
          <Menu.Item leftSection={<IconDownload size={16} />} {...save(version?.topology, 'json')}>
            Download the layers{which}
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={16} />} {...save(version?.weights, 'weights.bin')}>
            Download the weights{which}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconPencil size={16} />}
            disabled={!canEdit}
            onClick={() => {
              setAsked('rename');
            }}
          >
            {canEdit ? 'Rename' : 'Rename (editors only)'}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={!canEdit}
            onClick={() => {
              setAsked('delete');
            }}
          >
            {canEdit ? 'Delete the model' : 'Delete (editors only)'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked === 'rename' && (
        <Suspense>
          <RenameDialogView
            title="Rename the model"
            name={model.displayName}
            rule="Unique in the project"
            onClose={close}
            act={rename}
          />
        </Suspense>
      )}
      <ConfirmView
        opened={asked === 'delete'}
        onClose={close}
        title="Delete the model"
        verb="Delete it"
        typed={model.displayName}
        act={remove}
      >
        The model and all its versions with their weights are deleted. Runs that use it have to be deleted
        first. This cannot be undone.
      </ConfirmView>
    </>
  );
}
