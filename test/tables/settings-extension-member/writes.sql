INSERT INTO settings_extension_member.item VALUES (100, 1, 'new');
