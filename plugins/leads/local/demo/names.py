"""What Peruvian names, cars and places look like; each list begins with the most common."""

from __future__ import annotations


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


SURNAMES = _lines("""
Quispe, Flores, Sánchez, García, Rodríguez, Rojas, Huamán, Mamani, Díaz, Torres, López, Gonzales
Ramos, Pérez, Vásquez, Chávez, Espinoza, Ramírez, Castillo, Mendoza, Condori, Cruz, Fernández
Gutiérrez, Silva, Castro, Vargas, Ruiz, Reyes, Romero, De La Cruz, Salazar, Gómez, Martínez
Cárdenas, Aguilar, Ortiz, Morales, Medina, Choque, Palomino, Cáceres, Paredes, Herrera, Alvarado
Vega, Ccopa, Apaza, Núñez, León, Campos, Rivera, Ávila, Valverde, Huanca, Benites, Contreras
Guevara, Villanueva, Carrasco, Peña, Zapata, Ticona, Calderón, Delgado, Yupanqui, Navarro
Del Águila, Cabrera, Soto, Suárez, Poma, Ñahui, Miranda, Cornejo, Valencia, Arias, Ríos, Mejía
Acuña, Farfán, Tello, Moreno, Sulca, De Los Santos, Cueva, Bautista, Pacheco, Ayala, Lazo
Quintana, Chura, La Rosa, Zevallos, Ibáñez, Montoya, Barrientos, Ccahuana, Manrique, Ochoa
Velásquez, De La Torre, Solís, Inga, Tapia, Llanos, Meza, Ponce, Arce, Aquino, Ñaupari, Santos
Cahuana, Vilca, Layme, Del Castillo, Saavedra, Chuquimango, Berrocal, Huarcaya, Pariona, Yauri
""")

MEN = _lines("""
José, Luis, Juan, Carlos, Jorge, Miguel, Víctor, César, Jesús, Pedro, Manuel, Julio, Ángel
Christian, Jhon, Percy, Wilmer, Edwin, Óscar, Fernando, Raúl, Marco, Antonio, Henry, Richard
Walter, David, Daniel, Eduardo, Alberto, Roberto, Hugo, Mario, Alex, Freddy, Elmer, Rubén
Kevin, Brayan, Anthony, Renzo, Diego, Javier, Andrés, Nilton, Iván, Gerson, Wilfredo, Félix
Santiago, Alejandro, Enrique, Martín, Joel, Yovani, Saúl, Moisés, Elías, Efraín, Róger, Segundo
Nelson, Darwin, Jaime, Ronald, Edgar, Abel, Franklin, Máximo, Teodoro, Leoncio, Abraham
""")

WOMEN = _lines("""
María, Rosa, Ana, Carmen, Luz, Juana, Elizabeth, Julia, Patricia, Gladys, Norma, Milagros
Yesenia, Karina, Sonia, Nancy, Flor, Liliana, Maribel, Vilma, Katherine, Diana, Mónica
""")

#: Brand, model and how common; brands and models that drive as taxis in Lima.
CARS = (
    ("Toyota", "Yaris", 19), ("Kia", "Rio", 12), ("Hyundai", "Accent", 11), ("Kia", "Soluto", 9),
    ("Chevrolet", "Sail", 8), ("Toyota", "Corolla", 7), ("Nissan", "Versa", 6),
    ("Suzuki", "Dzire", 6), ("Hyundai", "Grand i10", 5), ("Chevrolet", "Onix", 4),
    ("Renault", "Logan", 4), ("Nissan", "Sentra", 3), ("Toyota", "Etios", 3),
    ("Kia", "Picanto", 3), ("Toyota", "Probox", 2), ("Volkswagen", "Gol", 2),
    ("Hyundai", "Elantra", 2), ("Suzuki", "Swift", 2), ("Changan", "Alsvin", 2),
    ("JAC", "J4", 1), ("Geely", "GC6", 1), ("Chery", "Arrizo 3", 1), ("Mazda", "3", 1),
    ("Honda", "City", 1), ("MG", "MG3", 1), ("Toyota", "Avanza", 1), ("Daewoo", "Tico", 1),
)  # fmt: skip
COLOURS = ("Blanco", "Gris", "Plata", "Negro", "Rojo", "Azul", "Beige", "Amarillo")
CITIES = ("Lima", "Lima", "Lima", "Lima", "Lima", "Callao", "Callao", "Arequipa", "Trujillo")
STATUSES = ("active", "active", "registered", "approved", "documents_pending", "blocked")
TARIFFS = ("Económico", "Económico", "Económico", "Confort", "Confort+", "Moto", None)
METHODS = ("Volanteo", "Grifo", "Referido", "Taller", "Feria", "Redes sociales", None)
