DO $$ BEGIN CREATE ROLE shadowstep_test_analyst NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
GRANT shadowstep_test_analyst TO shadowstep_test_owner;
