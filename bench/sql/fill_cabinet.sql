-- Writes  public.module_ct_cabinet_leads: invented rows, evenly spread over time, in arrival order.
-- Reads   -
-- Rerun   no: the ids would be taken.
-- Note    every value is a function of the row's number. Rows are as wide as the demo's.
INSERT INTO public.module_ct_cabinet_leads (
    id, external_id, lead_created_at, created_at, first_name, middle_name, last_name,
    park_phone, asset_plate_number, asset_model, asset_color, status, tariff,
    target_city, park_name, last_active_date
)
WITH
params AS (
    SELECT
        %(first_id)s::integer AS first_id,
        %(row_count)s::integer AS row_count,
        %(first_at)s::timestamp AS first_at,
        %(rows_a_day)s::integer AS rows_a_day,
        %(random_keys)s::boolean AS random_keys
),

arrivals AS (
    SELECT
        number.id,
        params.random_keys,
        -- 0 to 16,777,215, the same for the same id.
        ('x' || left(md5(number.id::text), 6))::bit(24)::integer AS dice,
        params.first_at
        + (number.id - params.first_id) * interval '1 day' / params.rows_a_day
            AS event_at
    FROM params
    CROSS JOIN LATERAL generate_series(
        params.first_id, params.first_id + params.row_count - 1
    ) AS number (id)
)

SELECT
    arrivals.id,
    CASE
        WHEN arrivals.random_keys THEN md5(arrivals.id::text)::uuid::text
        ELSE '6f1c0a4e-0000-4000-8000-' || lpad(arrivals.id::text, 12, '0')
    END AS external_id,
    arrivals.event_at AS lead_created_at,
    arrivals.event_at + mod(arrivals.dice, 300) * interval '1 second' AS created_at,
    (ARRAY['Luis', 'María', 'José', 'Rosa', 'Carlos', 'Ana', 'Jorge', 'Milagros'])[
        1 + mod(arrivals.dice, 8)
    ] AS first_name,
    CASE
        WHEN mod(arrivals.dice, 4) > 0
            THEN
                (ARRAY['Alberto', 'Elena', 'Enrique', 'del Carmen', 'Antonio'])[
                    1 + mod(arrivals.dice, 5)
                ]
    END AS middle_name,
    (ARRAY['Quispe', 'Flores', 'Sánchez', 'García', 'Rojas', 'Mamani', 'Huamán'])[
        1 + mod(arrivals.dice, 7)
    ]
    || ' '
    || (ARRAY['Díaz', 'Torres', 'Ramos', 'Chávez', 'Vargas'])[
        1 + mod(arrivals.dice / 7, 5)
    ] AS last_name,
    '+51 9' || lpad(mod(arrivals.dice * 5, 100000000)::text, 8, '0') AS park_phone,
    'A' || upper(to_hex(mod(arrivals.dice, 256))) || '-'
    || lpad(mod(arrivals.dice, 1000)::text, 3, '0') AS asset_plate_number,
    (ARRAY['Toyota Yaris', 'Kia Rio', 'Hyundai Accent', 'Chevrolet Sail'])[
        1 + mod(arrivals.dice, 4)
    ] AS asset_model,
    CASE
        WHEN mod(arrivals.dice, 3) > 0
            THEN (ARRAY['blanco', 'gris', 'negro', 'rojo'])[1 + mod(arrivals.dice, 4)]
    END AS asset_color,
    (ARRAY['registered', 'active', 'inactive'])[1 + mod(arrivals.dice, 3)] AS status,
    (ARRAY['Economy', 'Comfort'])[1 + mod(arrivals.dice, 2)] AS tariff,
    'Lima' AS target_city,
    'Flota Lima' AS park_name,
    CASE
        WHEN mod(arrivals.dice, 2) = 0
            THEN arrivals.event_at::date + mod(arrivals.dice, 14)
    END AS last_active_date
FROM arrivals
