/** What is announced to all services, in the transaction of the current team that makes it true. */
export interface WorkspaceEvents {
  teamDeleted(teamId: string, at: Date): Promise<void>;
  projectDeleted(projectId: string, at: Date): Promise<void>;
}
