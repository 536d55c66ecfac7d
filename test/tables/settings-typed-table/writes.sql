INSERT INTO settings_typed_table.item VALUES (100, 'new');
