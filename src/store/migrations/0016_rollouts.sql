-- Changes that go out to a growing share of calls: a tenant's own, and those of the platform under the id that no tenant can have.
CREATE TABLE rollouts (
  tenant_id text NOT NULL,
  id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('model', 'prompt', 'policy')),
  -- What is changed: the model or route that calls ask for, the prompt's name, 'routes'.
  subject text NOT NULL,
  -- RolloutChange and RolloutGates of src/domain/rollout.ts.
  change jsonb NOT NULL,
  gates jsonb NOT NULL,
  unit text NOT NULL CHECK (unit IN ('end-user', 'principal', 'conversation')),
  -- Shares in percent, ascending.
  steps double precision[] NOT NULL,
  step integer NOT NULL CHECK (step >= 0),
  -- When the step began to count, or will.
  step_at timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'paused', 'finished', 'rolled-back')),
  created_at timestamptz NOT NULL,
  -- Id of a key, digest of a token's holder, or admin-key.
  created_by text NOT NULL,
  PRIMARY KEY (tenant_id, id)
);
SELECT weir_guard('rollouts', tenant => 'select', operator => 'select,insert,update,delete');
-- Two open ones of the same thing would each be the other's baseline.
CREATE UNIQUE INDEX rollouts_open ON rollouts (tenant_id, kind, subject) WHERE state IN ('running', 'paused');
-- What every process reads every few seconds.
CREATE INDEX rollouts_in_force ON rollouts (id) WHERE state <> 'rolled-back';

-- What each process counted of each variant at each step; it writes its whole count anew, so that one written twice counts once.
CREATE TABLE rollout_counts (
  tenant_id text NOT NULL,
  rollout_id text NOT NULL,
  step integer NOT NULL,
  variant text NOT NULL CHECK (variant IN ('candidate', 'baseline')),
  process_id text NOT NULL,
  -- RolloutCounts of src/domain/rollout.ts: sums, never about one call.
  counts jsonb NOT NULL,
  PRIMARY KEY (tenant_id, rollout_id, step, variant, process_id),
  FOREIGN KEY (tenant_id, rollout_id) REFERENCES rollouts (tenant_id, id)
);
SELECT weir_guard('rollout_counts', tenant => 'select', operator => 'select,insert,update,delete');

-- Every change of a rollout, by hand or by the server, with what it was decided on.
CREATE TABLE rollout_history (
  tenant_id text NOT NULL,
  rollout_id text NOT NULL,
  seq integer NOT NULL,
  at timestamptz NOT NULL,
  act text NOT NULL CHECK (act IN ('start', 'promote', 'finish', 'rollback', 'pause', 'resume')),
  -- Percent from then on.
  share double precision NOT NULL,
  -- As created_by; 'server': it was decided by the gates.
  by text NOT NULL,
  reason text NOT NULL,
  compared jsonb NOT NULL,
  PRIMARY KEY (tenant_id, rollout_id, seq),
  FOREIGN KEY (tenant_id, rollout_id) REFERENCES rollouts (tenant_id, id)
);
SELECT weir_guard('rollout_history', tenant => 'select', operator => 'select,insert,delete');
