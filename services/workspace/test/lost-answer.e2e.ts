import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { createClient } from '@noema/grpc';
import { waitFor } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startWorkspace } from './running-workspace.js';

let platform: Awaited<ReturnType<typeof startWorkspace>>;
let wire: Server;
/** While it is set, what the service says is held back. */
let deaf = false;
const sockets = new Set<Socket>();

beforeAll(async () => {
  platform = await startWorkspace();
  const [host, port] = platform.app.address.split(':') as [string, string];
  wire = createServer((near) => {
    const far = connect(Number(port), host);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          near.destroy();
          far.destroy();
        });
    }
    near.on('data', (bytes) => {
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!deaf) near.write(bytes);
    });
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  wire.close();
  await platform.stop();
});

it(
  'RELIABILITY 7: the commit succeeds and the answer is lost with the connection: the same request id ' +
    'gives the first result',
  async () => {
    const team = await platform.newTeam();
    const { port } = wire.address() as { port: number };
    const projects = createClient(ProjectService, { address: `127.0.0.1:${port}`, token: team.token });
    const direct = team.as(ProjectService);
    await projects.listProjects({}); // connected
    deaf = true;
    const request = { displayName: 'once', requestId: 'the same' };
    const lost = expect(projects.createProject(request)).rejects.toMatchObject({ kind: 'unavailable' });
    const committed = await waitFor(async () => (await direct.listProjects({})).projects[0], {
      what: 'the commit',
    });
    for (const socket of sockets) socket.destroy();
    await lost;
    deaf = false;
    const { project } = await waitFor(() => projects.createProject(request), {
      what: 'the connection to be back',
    });
    expect(project!.id).toBe(committed.id);
    expect((await direct.listProjects({})).projects).toHaveLength(1);
    projects.close();
  },
);
