import type { ColumnType } from 'kysely';

type Json = ColumnType<Record<string, string>, string, string>;
type Int8 = ColumnType<string, bigint, bigint>;

/** The tables of migrations/, as kysely sees them. */
export interface WorkspaceSchema {
  team: {
    team_id: string;
    display_name: string;
    max_projects: number;
    max_queued_jobs: number;
    max_stored_bytes: Int8;
    max_samples: Int8;
    max_running_jobs: number;
    max_gpu_seconds: Int8;
    max_requests_per_minute: number;
    created_at: Date;
    updated_at: Date;
  };
  member: {
    id: string;
    team_id: string;
    display_name: string;
    email: string;
    role: 'viewer' | 'editor' | 'admin';
    created_at: Date;
    updated_at: Date;
  };
  api_key: {
    id: string;
    team_id: string;
    member_id: string;
    display_name: string;
    role: 'viewer' | 'editor' | 'admin';
    prefix: string;
    hash: string;
    created_at: Date;
    expires_at: Date | null;
    last_used_at: Date | null;
    revoked_at: Date | null;
  };
  identity: { team_id: string; member_id: string; issuer: string; subject: string; created_at: Date };
  ended_session: { id: string; ended_at: Date };
  api_key_team: { prefix: string; team_id: string };
  project: {
    id: string;
    team_id: string;
    display_name: string;
    description: string;
    created_at: Date;
    updated_at: Date;
  };
  secret: {
    id: string;
    team_id: string;
    name: string;
    sealed: Buffer;
    key_id: string | null;
    wrapped_key: Buffer | null;
    created_at: Date;
    updated_at: Date;
  };
  service_usage: {
    team_id: string;
    service: string;
    samples: Int8;
    stored_bytes: Int8;
    queued_jobs: number;
    running_jobs: number;
    gpu_seconds: number;
    compute: ColumnType<unknown, string, string>;
    reported_at: Date;
  };
  audit_entry: {
    id: string;
    team_id: string;
    subject: string;
    action: string;
    resource: string;
    details: Json;
    created_at: Date;
  };
  /** Answers to commands (libs/postgres). */
  request: { team_id: string };
}
