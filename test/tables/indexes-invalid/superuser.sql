CREATE OR REPLACE FUNCTION public.invalidate(index regclass) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog
AS 'UPDATE pg_index SET indisvalid = false WHERE indexrelid = index';
