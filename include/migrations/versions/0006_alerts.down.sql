DROP TABLE ops.health_watches;
DROP TABLE ops.page_actions;
DROP TABLE ops.mails;
DROP TABLE ops.incidents;
