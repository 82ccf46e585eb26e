"""Data health: the page in Airflow that says what is wrong, whose fault it is, what to do."""
