import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { peer } from '@noema/testing';
import * as z from 'zod';
import { defineService, HostModule, processSettings, serverSettings } from '../src/index.js';

const Projects = peer(ProjectService, { getProject: ({ projectId }) => ({ project: { id: projectId } }) });

class GuardedModule {}

const settings = z.object({ ...processSettings.shape, ...serverSettings.shape });

/** A service with neither database nor store: what is left are tokens and certificates. */
export const guarded = defineService<typeof settings>({
  name: 'workspace',
  settings,
  migrations: [],
  app: (host) => ({ module: GuardedModule, imports: [HostModule.register(host)], providers: [Projects] }),
});
