import { ROLES } from '../support/database.ts';

/**
 * grand ← first, second ← item ← heir, late_heir ← grandchild: columns and constraints of every origin. `item` has parents
 * and children, `second` children only, `heir` a parent only.
 */
export const FAMILY = /* sql */ `
  CREATE TABLE public.grand (note text DEFAULT 'g' COLLATE "C", CONSTRAINT note_is_short CHECK (length(note) < 100));
  CREATE TABLE public.first (id bigint NOT NULL, kept int CHECK (kept > 0) NO INHERIT) INHERITS (public.grand);
  CREATE TABLE public.second (id bigint NOT NULL PRIMARY KEY, b int DEFAULT 5, twice int GENERATED ALWAYS AS (b * 2) STORED,
    CONSTRAINT b_is_positive CHECK (b > 0)) INHERITS (public.grand);
  CREATE TABLE public.item (
    own int NOT NULL DEFAULT 1, b int NOT NULL, own_twice int GENERATED ALWAYS AS (own * 2) STORED, more text,
    PRIMARY KEY (id), CONSTRAINT b_is_positive CHECK (b > 0), CONSTRAINT own_is_positive CHECK (own > 0),
    CONSTRAINT only_item CHECK (own < 1000000) NO INHERIT
  ) INHERITS (public.first, public.second);
  ALTER TABLE public.first ADD COLUMN late text NOT NULL DEFAULT 'l';
  ALTER TABLE public.grand ADD CONSTRAINT late_check CHECK (note <> 'never');
  CREATE TABLE public.heir (x int, PRIMARY KEY (id)) INHERITS (public.item);
  CREATE TABLE public.late_heir (y int, PRIMARY KEY (id)) INHERITS (public.first, public.item);
  CREATE TABLE public.grandchild (PRIMARY KEY (id)) INHERITS (public.heir);
  CREATE TABLE public.linked (LIKE public.item INCLUDING ALL);
  ALTER TABLE public.linked DROP CONSTRAINT only_item;
  ALTER TABLE public.linked INHERIT public.first;
  ALTER TABLE public.linked INHERIT public.item;
  ALTER TABLE public.item ALTER COLUMN late SET STORAGE EXTERNAL, ALTER COLUMN note SET STATISTICS 77,
    ALTER COLUMN late SET DEFAULT 'item', ALTER COLUMN note SET NOT NULL;
  CREATE INDEX item_late ON public.item (late) WHERE own > 1;
  CREATE FUNCTION public.noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE TRIGGER noted AFTER UPDATE ON public.item FOR EACH ROW EXECUTE FUNCTION public.noted();
  COMMENT ON COLUMN public.item.late IS 'inherited';
  COMMENT ON COLUMN public.item.own IS 'own';
  COMMENT ON CONSTRAINT b_is_positive ON public.item IS 'of both';
  CREATE TABLE public.referrer (item_id bigint REFERENCES public.item ON DELETE SET NULL);
  INSERT INTO public.item (id, note, b, own) SELECT i, 'n' || i, i, 1 + i % 7 FROM generate_series(1, 300) AS i;
  INSERT INTO public.heir (id, note, b) SELECT i, 'h' || i, i FROM generate_series(1001, 1200) AS i;
  INSERT INTO public.late_heir (id, note, b) SELECT i, 'l' || i, i FROM generate_series(2001, 2050) AS i;
  INSERT INTO public.grandchild (id, note, b) SELECT i, 'c' || i, i FROM generate_series(3001, 3050) AS i;
  INSERT INTO public.second (id, note, b) SELECT i, 's' || i, i FROM generate_series(4001, 4100) AS i;
  INSERT INTO public.linked (id, note, b, late) SELECT i, 'k' || i, i, 'k' FROM generate_series(5001, 5050) AS i;
  INSERT INTO public.referrer SELECT i FROM generate_series(1, 50) AS i;
  GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA public TO ${ROLES.app};`;
