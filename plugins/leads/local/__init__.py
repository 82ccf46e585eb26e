"""What only the local stack needs: embedded PostgreSQL, Airflow's processes, demo data."""
