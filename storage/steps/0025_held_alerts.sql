-- A maintenance may hold alerts of its services

ALTER TABLE maintenances ADD COLUMN holds INTEGER NOT NULL DEFAULT 0 CHECK (holds IN (0, 1));
