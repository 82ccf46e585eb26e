ANALYZE wanted
