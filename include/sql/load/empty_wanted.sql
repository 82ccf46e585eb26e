TRUNCATE wanted
