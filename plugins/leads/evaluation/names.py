"""Names and cars of a large registry: a few very common, hundreds less so, a tail without end."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from random import Random

from leads.local.demo import names as demo


def _lines(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", ",").split(",") if part.strip())


def _joined(*lists: Sequence[str]) -> tuple[str, ...]:
    """Several lists in one, each name where it comes first."""
    return tuple(dict.fromkeys(name for names in lists for name in names))


SURNAMES = _joined(
    demo.SURNAMES,
    _lines("""
Gonzáles, Gonzalez, Vásquez, Vázquez, Jiménez, Álvarez, Hernández, Moreno, Muñoz, Domínguez
Guerrero, Ortega, Maldonado, Bravo, Figueroa, Robles, Lozano, Franco, Serrano, Luna, Márquez
Rosales, Rosas, Pinedo, Panduro, Tuanama, Shupingahua, Amasifuen, Isuiza, Cachique, Sangama
Tapullima, Satalaya, Huayta, Huamaní, Huarcaya, Huaroc, Huaytalla, Huaripata, Huallpa, Hualpa
Huertas, Hurtado, Hidalgo, Holguín, Honores, Hinostroza, Hilario, Fuentes, Falcón, Febres
Fajardo, Escobar, Escalante, Espíritu, Estrada, Esquivel, Enciso, Echevarría, Egoavil, Durand
Dueñas, Dávila, De La Vega, De La Rosa, Del Carpio, Del Pozo, Del Río, De Souza, Duarte
Cuadros, Cuba, Crisóstomo, Córdova, Cordero, Coronado, Coronel, Correa, Cortez, Cotrina
Collazos, Colque, Coaquira, Ccori, Ccoyllo, Ccasani, Cconislla, Ccoicca, Centeno, Cerna
Céspedes, Chambi, Champi, Chanca, Chipana, Chirinos, Chocano, Choquehuanca, Choqque
Chuquispuma, Cieza, Cisneros, Caballero, Cajahuanca, Calle, Calixto, Camacho, Camargo, Canales
Cano, Canchari, Capcha, Carbajal, Cárdenas, Carhuas, Carhuapoma, Carranza, Carrillo, Carrión
Casas, Casimiro, Castañeda, Castellanos, Catacora, Cavero, Cayo, Ballón, Balbín, Baldeón
Barboza, Barreto, Barrera, Barrios, Barzola, Basilio, Bazán, Becerra, Bedoya, Bejarano, Bellido
Beltrán, Benavente, Benavides, Bendezú, Bermúdez, Bernal, Berrios, Blas, Blanco, Bolívar
Bonifacio, Borda, Borja, Briceño, Briones, Bueno, Burga, Bustamante, Bustios, Acevedo, Achahui
Acosta, Agüero, Aguirre, Alarcón, Albornoz, Alcántara, Alegre, Alegría, Alejos, Alfaro, Allende
Almeyda, Almonacid, Alva, Alvites, Amaya, Ancasi, Anchante, Andía, Andrade, Angulo, Anaya
Anyosa, Apolinario, Aponte, Aranda, Aragón, Araujo, Arancibia, Arbieto, Arenas, Arévalo
Arguedas, Armas, Aroni, Arones, Arredondo, Arriaga, Arroyo, Asencios, Astete, Asto, Atencio
Atoche, Auccapuclla, Aucca, Avendaño, Ayma, Azaña, Gala, Galarza, Galindo, Gallardo, Gálvez
Gamarra, Gamboa, Garay, Garayar, Gastelú, Gavilán, Gil, Godoy, Goñi, Gordillo, Granados
Guardia, Guerra, Guillén, Guzmán, Jara, Jáuregui, Javier, Jorge, Julca, Junco, Jurado, Justo
Labán, Lagos, Laguna, Landa, Lara, Larico, Laura, Laurente, Leandro, Leiva, Lezama, Limachi
Linares, Lima, Lizana, Lizárraga, Loayza, Lobatón, Loyola, Lucana, Lucero, Lujan, Luque, Macedo
Machaca, Machuca, Maguiña, Maita, Málaga, Malca, Mallqui, Manchego, Manco, Marcelo, Marcos
Marín, Mariños, Marroquín, Mattos, Mauricio, Mayhua, Mayta, Mechato, Melgar, Melgarejo
Meléndez, Melo, Mena, Méndez, Meneses, Merino, Mestanza, Milla, Minaya, Mogollón, Molina, Monge
Montalvo, Montenegro, Montero, Montes, Monzón, Mora, Morán, Moreyra, Morocho, Moscoso
Mosqueira, Mosquera, Moya, Mucha, Murga, Murillo, Napa, Narro, Narváez, Navarrete, Neyra, Nieto
Nina, Niño, Noa, Nolasco, Noriega, Novoa, Ñaña, Obregón, Ocampo, Ojeda, Olaya, Olivares
Olivera, Olivos, Oré, Orellana, Oropeza, Orosco, Osorio, Otiniano, Oviedo, Oyola, Padilla
Palacios, Palma, Pantoja, Pardo, Pari, Paucar, Paz, Pedraza, Peralta, Perales, Pérez Del Solar
Picón, Pilco, Pinto, Pineda, Pizango, Pizarro, Polo, Poma, Pomar, Porras, Portal, Portilla
Portocarrero, Pozo, Prado, Puma, Purizaca, Quiñones, Quintanilla, Quinto, Quiroga, Quiroz
Quispitupac, Rafael, Raymundo, Rengifo, Retamozo, Reátegui, Rebaza, Requena, Reyna, Reynoso
Ricaldi, Rimachi, Ríos, Riquelme, Rivas, Rivadeneyra, Rivero, Roca, Rocha, Roque, Roldán, Román
Rosado, Rubio, Rueda, Ruesta, Saldaña, Sallo, Salas, Salcedo, Saldívar, Salinas, Salvatierra
Samaniego, Samanez, Sandoval, Santa Cruz, Santiago, Santillán, Santisteban, Sarmiento, Segovia
Segura, Seminario, Serna, Sierra, Sifuentes, Sihuas, Simón, Sinche, Solano, Soria, Soriano
Sosa, Sotelo, Sotomayor, Suárez, Suca, Supo, Surco, Taboada, Tacuri, Taipe, Talavera, Tamayo
Tarazona, Távara, Tejada, Tenorio, Terrones, Tinoco, Tito, Tirado, Toledo, Toribio, Torre
Trejo, Trigoso, Trujillo, Ttito, Tuesta, Tumba, Turpo, Ugarte, Ulloa, Untiveros, Urbano, Urbina
Uribe, Urquizo, Urrutia, Usca, Valdez, Valdivia, Valdiviezo, Valenzuela, Valera, Valle
Vallejos, Valladares, Varas, Varela, Vela, Velarde, Velazco, Velásquez, Vélez, Venegas, Ventura
Vera, Vergara, Vicente, Vidal, Vigo, Villa, Villacorta, Villafuerte, Villalobos, Villar
Villarreal, Villegas, Vílchez, Vizcarra, Yana, Yáñez, Yarleque, Ychpas, Yovera, Yucra, Yupa
Zambrano, Zamora, Zamudio, Zárate, Zavaleta, Zegarra, Zeña, Zelada, Zúñiga, Zurita
"""),
)

MEN = _joined(
    demo.MEN,
    _lines("""
Francisco, Alfredo, Guillermo, Ricardo, Gustavo, Sergio, Rafael, Ernesto, Armando, Alfonso
Arturo, Gabriel, Adrián, Alan, Aldo, Alexander, Alexis, Américo, Amador, Anderson, Aníbal
Aquiles, Arnaldo, Arnold, Augusto, Aurelio, Basilio, Benjamín, Bernardo, Braulio, Bruno, Bryan
Camilo, Celso, Clever, Claudio, Clemente, Cristhian, Cristian, Cristóbal, Dante, Danilo, Dennis
Deyvi, Dionicio, Domingo, Donato, Edgardo, Edilberto, Edison, Edson, Eber, Eleazar, Eli, Eliseo
Eloy, Emerson, Emilio, Epifanio, Erick, Erik, Ernesto, Esteban, Eugenio, Eusebio, Ever, Fabián
Fabio, Fausto, Federico, Felipe, Fidel, Florencio, Fortunato, Fredy, Froilán, Genaro, Gerardo
Germán, Gian, Giancarlo, Gilmer, Gino, Giovanni, Gonzalo, Gregorio, Harold, Haward, Héctor
Heber, Hernán, Hilario, Hipólito, Homero, Humberto, Ignacio, Isaac, Isaías, Isidro, Ismael
Jack, Jairo, James, Jean, Jefferson, Jeremías, Jerson, Jimmy, Joaquín, Johan, John, Johnny
Jonathan, Josué, Juanito, Julián, Junior, Justo, Kenyo, Kenny, Klever, Lázaro, Leandro, Lenin
Leonardo, Leonel, Leonidas, Lino, Lorenzo, Lucas, Luciano, Lucio, Macario, Marcelino, Marcelo
Marcial, Marcos, Mariano, Marino, Marlon, Mateo, Matías, Mauricio, Mauro, Max, Melquiades
Michael, Michel, Milton, Misael, Narciso, Néstor, Nicanor, Nicolás, Noé, Nolberto, Octavio
Omar, Orlando, Oswaldo, Pablo, Pascual, Patricio, Paúl, Paulino, Pier, Plácido, Policarpo
Porfirio, Ramiro, Ramón, Raimundo, Reynaldo, Rigoberto, Robert, Robinson, Rodolfo, Rodrigo
Rogelio, Rolando, Rolly, Roly, Román, Romeo, Ronal, Roy, Rufino, Salomón, Salvador, Samuel
Santos, Sebastián, Serapio, Severo, Silverio, Simón, Sixto, Smith, Stalin, Steven, Teófilo
Tito, Tomás, Ulises, Valentín, Valerio, Vicente, Vidal, Vladimir, Wagner, Washington, Wilder
Wilian, William, Willy, Wilson, Yoel, Yhon, Yuri, Zacarías, Zenón, Zósimo
"""),
)

WOMEN = _joined(
    demo.WOMEN,
    _lines("""
Isabel, Teresa, Martha, Silvia, Carla, Claudia, Cecilia, Sandra, Jessica, Vanessa, Pamela
Fiorella, Giovanna, Gloria, Graciela, Hilda, Irma, Ivonne, Jacqueline, Janet, Jenny, Jhoselin
Johana, Josefina, Judith, Karen, Karla, Kelly, Laura, Leidy, Leonor, Lidia, Lizbeth, Lourdes
Lucía, Lucila, Luisa, Magaly, Marcela, Margarita, Mariela, Marisol, Maritza, Marleni, Melissa
Mercedes, Miriam, Nataly, Nélida, Nelly, Nieves, Noemí, Olga, Paola, Pilar, Rebeca, Rocío
Rosario, Roxana, Rosmery, Ruth, Sara, Shirley, Sofía, Soledad, Stefany, Susana, Tania, Valeria
Verónica, Victoria, Virginia, Viviana, Wendy, Ximena, Yanina, Yolanda, Yovana, Yudith, Zoila
Zulema
"""),
)

ABROAD = _lines("""
Yorman, Yonathan, Wuilmer, Keiber, Yeferson, Deivis, Maikel, Jhonder, Yosmar, Leomar, Darwin
Enderson, Gleiber, Jorman, Yoandry, Reinaldo, Luis, José, Carlos, Jesús, Orlando, Argenis
Eudis, Yohan, Kleiver, Alejandro, Alexander, Rafael, Gabriel, Wilkerman, Franyer, Javier
Yender, Osneider, Ronny
""")

#: Brand, model and how common.
CARS = (
    *demo.CARS,
    ("Hyundai", "i10", 2), ("Kia", "Cerato", 2), ("Toyota", "Agya", 2), ("Toyota", "Rush", 1.5),
    ("Nissan", "Tiida", 1.5), ("Nissan", "AD", 1), ("Nissan", "March", 1), ("Suzuki", "Alto", 1.5),
    ("Suzuki", "Celerio", 1.5), ("Suzuki", "Ertiga", 1), ("Suzuki", "Ciaz", 0.6),
    ("Chevrolet", "Spark", 1.2), ("Chevrolet", "Aveo", 0.8), ("Chevrolet", "N300", 0.5),
    ("Renault", "Sandero", 1), ("Renault", "Kwid", 0.6), ("Volkswagen", "Polo", 0.5),
    ("Volkswagen", "Virtus", 0.4), ("JAC", "S2", 0.6), ("JAC", "J5", 0.4),
    ("Great Wall", "C30", 0.5),
    ("Geely", "Emgrand", 0.5), ("Chery", "Tiggo 2", 0.6), ("Chery", "QQ", 0.4), ("BYD", "F3", 0.4),
    ("DFSK", "Glory 330", 0.4), ("Mitsubishi", "Lancer", 0.4), ("Mazda", "2", 0.4),
    ("Peugeot", "301", 0.3), ("Fiat", "Mobi", 0.2), ("Dongfeng", "S30", 0.2), ("Lifan", "620", 0.2),
    ("Honda", "Civic", 0.3), ("Toyota", "Raize", 0.5), ("Hyundai", "Verna", 0.6),
)  # fmt: skip
_CARS = list(accumulate(weight for *_, weight in CARS))

_STEMS = _lines("Cca, Hua, Qui, Ma, Ya, Chu, Pa, Ti, Su, Lla, Ca, Tu, Pu, Sa, A, I, U, Ñau, Se, Lo")
_MIDDLES = _lines("ra, lla, man, pa, cha, qui, ti, mi, ta, ri, wa, sca, nca, lu, ne, su, mo")
_ENDS = _lines("ni, co, cho, ya, lla, pa, ca, na, llo, yauri, marca, ri, huayra, sto, nga, za, ño")
_GIVEN_STEMS = _lines("Yo, Jhe, Bra, Kei, Dey, Wil, Ro, Lei, Yei, Da, Ne, Mar, El, Her, Os, Ju, Ai")
_GIVEN_MIDDLES = ("", "li", "ri", "ni", "vi", "fer", "der", "ma", "nel", "xi", "be", "ro")
_GIVEN_ENDS = _lines("son, ton, mer, lin, ver, to, nier, ber, mar, lio, do, nis, th, ham, bert")


def _falling(names: Sequence[str]) -> list[float]:
    """Cumulative Zipf weights: the first names are very common, the last are rare."""
    return list(accumulate(1 / (place + 4) for place in range(len(names))))


_SURNAMES, _MEN, _WOMEN, _ABROAD = (_falling(names) for names in (SURNAMES, MEN, WOMEN, ABROAD))


def surname(rng: Random, rare: float) -> str:
    """One surname.

    Args:
        rng: source of chance.
        rare: share of those on no list, put together of syllables: tens of thousands of them.
    """
    if rng.random() >= rare:
        return rng.choices(SURNAMES, cum_weights=_SURNAMES)[0]
    middle = rng.choice(_MIDDLES) + (rng.choice(_MIDDLES) if rng.random() < 0.4 else "")
    return rng.choice(_STEMS) + middle + rng.choice(_ENDS)


def given(rng: Random, rare: float, *, woman: bool, foreign: bool) -> str:
    """One given name; see `surname`."""
    if rng.random() < rare:
        return rng.choice(_GIVEN_STEMS) + rng.choice(_GIVEN_MIDDLES) + rng.choice(_GIVEN_ENDS)
    if woman:
        return rng.choices(WOMEN, cum_weights=_WOMEN)[0]
    if foreign and rng.random() < 0.5:
        return rng.choices(ABROAD, cum_weights=_ABROAD)[0]
    return rng.choices(MEN, cum_weights=_MEN)[0]


def car_type(rng: Random) -> int:
    """A place in `CARS`."""
    return rng.choices(range(len(CARS)), cum_weights=_CARS)[0]
